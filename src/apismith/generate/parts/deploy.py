"""What tests and runs the backend elsewhere: a workflow of GitHub, manifests for Kubernetes."""

from apismith.generate.plan import Part, register

register(
    Part(
        "github",
        when=lambda contract: contract.deploy.github and contract.database.kind == "sqlite",
        project=(".github/workflows/check.yml",),
        replaces=True,
    )
)
register(
    Part(
        "github-postgres",
        when=lambda contract: contract.deploy.github and contract.database.kind != "sqlite",
        replaces=True,
    )
)
register(
    Part(
        "kubernetes",
        when=lambda contract: contract.deploy.kubernetes,
        project=("deploy/kubernetes.yaml",),
        replaces=True,
    )
)
