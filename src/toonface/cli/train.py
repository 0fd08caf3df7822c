"""`toonface train NAME`: one command per training script, whose options are the fields of its configuration."""

import ast
import dataclasses
import importlib
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from textwrap import dedent
from types import ModuleType
from typing import Annotated, Any, get_type_hints

import typer

from toonface.cli.console import interruptible

CONTEXT = {"allow_interspersed_args": False}
"""What follows the network's name belongs to its own command, `--help` included."""

SCRIPTS = (
    "detector",
    "landmarks",
    "parser",
    "coarse",
    "expression",
    "gaze",
    "stylizer",
    "cartoon",
    "stylegan",
    "stylegan_encoder",
)
DRY_RUN = "dry_run"
"""The one option that is not a field."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Setting:
    """One field of a configuration, or of a configuration in it."""

    option: str
    """Name of the option, its words joined by underscores."""
    kind: Any
    default: Any
    """`inspect.Parameter.empty` where one has to be given."""
    help: str


def train(
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"One of {', '.join(SCRIPTS)}.")],
    options: Annotated[
        list[str] | None, typer.Argument(metavar="OPTION", help="See toonface train NAME --help.")
    ] = None,
) -> None:
    """Train a network. `toonface train NAME --help` lists the options of each; an interrupted run is continued."""
    if name not in SCRIPTS:
        raise ValueError(f"there is no training script {name!r}, expected one of {', '.join(SCRIPTS)}")
    script = _script(name)
    settings = list(_settings(script.Config))
    needed = [setting.option for setting in settings if setting.default is inspect.Parameter.empty]
    example = " ".join([f"Example: toonface train {name}", *(f"{_flag(option)} {option}" for option in needed)])
    command = typer.Typer(add_completion=False, rich_markup_mode=None)
    command.command(help=inspect.getdoc(script), epilog=example)(_command(script, settings))
    command(options or [], prog_name=f"toonface train {name}")


def _script(name: str) -> ModuleType:
    try:
        return importlib.import_module(f"toonface.train.{name}")
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in ("", "toonface"):
            raise
        raise ValueError(f"training needs {missing}, which is not installed: pip install 'toonface[train]'") from None


def _command(script: ModuleType, settings: list[_Setting]) -> Callable[..., None]:
    """Make a function with one keyword per setting, from whose signature typer makes the options."""

    def run(**values: Any) -> None:  # noqa: ANN401 - whatever the fields are
        only_show = values.pop(DRY_RUN)
        config = _configuration(script.Config, values)
        if only_show:
            typer.echo(json.dumps(dataclasses.asdict(config), default=str))
            return
        with interruptible("the same command continues from the last checkpoint"):
            script.main(config, typer.echo)

    settings = [*settings, _Setting(option=DRY_RUN, kind=bool, default=False, help="Print the configuration as JSON.")]
    parameters = [
        inspect.Parameter(
            setting.option,
            inspect.Parameter.KEYWORD_ONLY,
            default=setting.default,
            annotation=Annotated[setting.kind, typer.Option(*_names(setting), help=setting.help)],
        )
        for setting in settings
    ]
    vars(run)["__signature__"] = inspect.Signature(parameters)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _settings(config: type, prefix: str = "") -> Iterator[_Setting]:
    """List the fields of a configuration; those of a configuration inside it carry its name in front."""
    kinds, words = get_type_hints(config), _docstrings(config)
    for field in dataclasses.fields(config):
        kind, option = kinds[field.name], f"{prefix}{field.name}"
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            yield from _settings(kind, f"{option}_")
            continue
        default = inspect.Parameter.empty if field.default is dataclasses.MISSING else field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        yield _Setting(option=option, kind=kind, default=default, help=words.get(field.name, ""))


def _docstrings(config: type) -> dict[str, str]:
    """Read the docstring under each field, which Python itself does not keep."""
    (body,) = [
        node.body for node in ast.parse(dedent(inspect.getsource(config))).body if isinstance(node, ast.ClassDef)
    ]
    found = {}
    for field, below in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            found[field.target.id] = " ".join(str(ast.literal_eval(below.value)).split())
    return found


def _configuration(config: type, values: Mapping[str, Any], prefix: str = "") -> Any:  # noqa: ANN401 - a dataclass
    """Make a configuration from the values of all options; the inverse of `_settings`."""
    kinds = get_type_hints(config)
    return config(
        **{
            field.name: _configuration(kinds[field.name], values, f"{prefix}{field.name}_")
            if dataclasses.is_dataclass(kinds[field.name])
            else values[f"{prefix}{field.name}"]
            for field in dataclasses.fields(config)
        }
    )


def _flag(option: str) -> str:
    return f"--{option.replace('_', '-')}"


def _names(setting: _Setting) -> list[str]:
    """Name the option; a switch that is on also gets one that turns it off."""
    flag = _flag(setting.option)
    return [f"{flag}/--no-{flag[2:]}" if setting.kind is bool and setting.option != DRY_RUN else flag]
