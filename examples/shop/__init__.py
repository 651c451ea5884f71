"""A shop in several files: products, orders, and the people who run it."""

from apismith import JWT, Backend, Cors, Limits, SQLite

from .orders import Order, OrderLine, confirm_order, open_orders
from .people import Customer
from .products import Category, Product

backend = Backend(
    "shop",
    entities=[Customer, Category, Product, Order, OrderLine],
    also=[open_orders, confirm_order],
    database=SQLite(),
    auth=JWT(login="email", access_minutes=10),
    limits=Limits("300/minute", login="5/minute", body="500KB"),
    cors=Cors("https://shop.example"),
)
