"""The arrows of the architecture: who may import whom."""

import ast
from pathlib import Path

import pytest

from core.programs import installed_programs

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = {program.label for program in installed_programs()}
OURS = {
    "config",
    "core",
    "accounts",
    "outbox",
    "municipalities",
    "dashboard",
    *PROGRAMS,
}
FOUNDATION = {"core", "accounts", "municipalities"}
# What a program declares for the dashboard and the outbox, and may ask of the latter.
DECLARED = {
    "dashboard.indicators",
    "dashboard.checks",
    "dashboard.contributions",
    "outbox.kinds",
    "outbox.queue",
}
ALLOWED = {
    "core": set(),
    "accounts": {"core"},
    "outbox": {"core"},
    "municipalities": {"core", "accounts"},
    "dashboard": FOUNDATION,
    "config": {"accounts", "core", "dashboard", "outbox"},
    **{program: {*FOUNDATION, *DECLARED} for program in PROGRAMS},
}
EXCEPTIONS = {("alerts", "agreements.models")}
# Inside a program, what a module must not import: nothing above itself.
LAYERS = {
    "models": {"services", "forms", "filtersets", "tables", "views", "indicators"},
    "indicators": {"services", "forms", "filtersets", "tables", "views"},
    "filtersets": {"views", "tables", "services"},
    "tables": {"views", "filtersets", "forms", "services"},
    "forms": {"views", "tables", "filtersets"},
    "services": {"views", "tables", "filtersets"},
}


def sources():
    for app in sorted(OURS):
        yield from sorted((ROOT / app).rglob("*.py"))


def imports(path):
    """Yield (full dotted name, line, whether inside a function) of every import."""
    tree = ast.parse(path.read_text())
    package = path.relative_to(ROOT).parent.parts
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name != "ready"
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package[: len(package) - node.level + 1]
                base = ".".join([*parts, base]).rstrip(".")
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield name, node.lineno, id(node) in inside


def is_allowed(app, name):
    target = name.partition(".")[0]
    if target == app or target not in OURS:
        return True
    if any(app == a and name.startswith(module) for a, module in EXCEPTIONS):
        return True
    permitted = ALLOWED[app]
    if target in permitted:
        return True
    modules = [module for module in permitted if "." in module]
    return any(f"{name}.".startswith(f"{module}.") for module in modules)


@pytest.mark.parametrize(
    "path", list(sources()), ids=lambda p: str(p.relative_to(ROOT))
)
def test_imports_follow_the_arrows(path):
    app = path.relative_to(ROOT).parts[0]
    wrong = [
        f"line {n}: {name}" for name, n, _ in imports(path) if not is_allowed(app, name)
    ]
    assert not wrong


@pytest.mark.parametrize(
    "path", list(sources()), ids=lambda p: str(p.relative_to(ROOT))
)
def test_no_import_inside_a_function_and_none_with_a_star(path):
    wrong = [
        f"line {n}: {x}" for x, n, inside in imports(path) if inside or x.endswith("*")
    ]
    assert not wrong


@pytest.mark.parametrize(
    "path", list(sources()), ids=lambda p: str(p.relative_to(ROOT))
)
def test_modules_of_a_program_import_only_downwards(path):
    app = path.relative_to(ROOT).parts[0]
    forbidden = {f"{app}.{layer}" for layer in LAYERS.get(path.stem, ())}
    wrong = [
        f"line {n}: {name}"
        for name, n, _ in imports(path)
        if ".".join(name.split(".")[:2]) in forbidden
    ]
    assert not wrong


def test_the_guard_finds_a_forbidden_import():
    assert not is_allowed("core", "alerts.models.IncidentReport")
    assert not is_allowed("childcare", "donations.models.School")
    assert not is_allowed("childcare", "dashboard.models.AnnualFigure")
    assert is_allowed("childcare", "dashboard.indicators.register")
    assert is_allowed("alerts", "agreements.models.Agreement")
    assert not is_allowed("alerts", "agreements.views")
