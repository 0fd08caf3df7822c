"""Who made a VRM avatar, and what others may do with it."""

from dataclasses import dataclass, fields

from toonface.stages.gltf.layout import Json

LICENCE_URL = "https://vrm.dev/licenses/1.0/"
CHOICES = {
    "avatar_permission": ("onlyAuthor", "onlySeparatelyLicensedPerson", "everyone"),
    "commercial_usage": ("personalNonProfit", "personalProfit", "corporation"),
    "credit_notation": ("required", "unnecessary"),
    "modification": ("prohibited", "allowModification", "allowModificationRedistribution"),
}
"""Field → what VRM 1.0 lets it say (vrm-c/vrm-specification, `meta.md`)."""
PARTS = (
    "Head, teeth, tongue and hair meshes: MakeHuman's released assets, CC0. "
    "Blendshapes, eyeballs, lashes and glasses: toonface, MIT."
)


@dataclass(frozen=True, kw_only=True)
class VrmMeta:
    """What VRM 1.0 calls `meta`; all permissions begin as strict as VRM's own defaults.

    Raises:
        ValueError: a name is empty, or a permission is none of those that VRM knows.
    """

    name: str = "avatar"
    """Of the avatar."""
    authors: tuple[str, ...] = ("unknown",)
    """At least one; the maker of the avatar first."""
    version: str = ""
    copyright_information: str = ""
    """Who holds the rights, for example those in the portrait."""
    contact_information: str = ""
    references: tuple[str, ...] = ()
    third_party_licenses: str = PARTS
    avatar_permission: str = "onlyAuthor"
    """Who may act as this avatar; one of `CHOICES`, as are the three others below."""
    allow_excessively_violent_usage: bool = False
    allow_excessively_sexual_usage: bool = False
    commercial_usage: str = "personalNonProfit"
    allow_political_or_religious_usage: bool = False
    allow_antisocial_or_hate_usage: bool = False
    credit_notation: str = "required"
    allow_redistribution: bool = False
    modification: str = "prohibited"
    other_license_url: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("name is empty, expected that of the avatar")
        if not self.authors or not all(self.authors):
            raise ValueError(f"authors are {list(self.authors)}, expected at least one name and no empty one")
        for field, allowed in CHOICES.items():
            if getattr(self, field) not in allowed:
                raise ValueError(f"{camel_case(field)} is {getattr(self, field)!r}, expected one of {list(allowed)}")


VRM_META_DEFAULTS = VrmMeta()


def meta_document(meta: VrmMeta) -> Json:
    """Return what the JSON part says; empty texts and lists are left out.

    Args:
        meta: of the avatar.
    """
    document: Json = {"licenseUrl": LICENCE_URL}
    for field in fields(meta):
        value = getattr(meta, field.name)
        if value not in ("", ()):
            document[camel_case(field.name)] = list(value) if isinstance(value, tuple) else value
    return document


def meta_from_document(document: object) -> VrmMeta:
    """Read what VRM calls `meta`, under VRM's own names; what is left out keeps its default.

    Args:
        document: decoded JSON.

    Raises:
        ValueError: it is no object, or has a key or a value that VRM does not know.
    """
    if not isinstance(document, dict):
        raise ValueError(f"found {type(document).__name__}, expected an object such as {{'authors': ['me']}}")
    known = {camel_case(field.name): field for field in fields(VrmMeta)}
    values: Json = {}
    for key, value in document.items():
        if key not in known:
            raise ValueError(f"{key!r} is unknown, expected one of {sorted(known)}")
        field = known[key]
        kind = type(field.default)
        if kind is tuple:
            if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
                raise ValueError(f"{key} is {value!r}, expected a list of texts")
            value = tuple(value)
        elif not isinstance(value, kind):
            raise ValueError(f"{key} is {value!r}, expected {'a text' if kind is str else 'true or false'}")
        values[field.name] = value
    return VrmMeta(**values)


def camel_case(name: str) -> str:
    """Return `avatar_permission` as `avatarPermission`."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
