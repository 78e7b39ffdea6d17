from typing import Annotated

import pytest
from pydantic import Field, model_validator

from features.errors import ConfigError
from features.yaml_file import Strict, ought, read_yaml


class Room(Strict):
    shelves: int = 0
    doors: int = 0

    @model_validator(mode="after")
    def _has_room(self) -> "Room":
        if self.doors > self.shelves:
            raise ought("doors", "must not be more than shelves")
        return self


class Shop(Strict):
    name: Annotated[str, Field(max_length=80)]
    shelves: int = 3
    back: Room | None = None


def test_a_file_becomes_a_model(tmp_path):
    file = tmp_path / "shop.yaml"
    file.write_text("name: 义乌")
    assert read_yaml(file, Shop, "shop") == Shop(name="义乌")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\nshelf: 2", r"shop .*shop.yaml line 2, shelf 2: is not known; keys there are: name, shelves, back"),
        ("name: a\nshelves: many", r"shelves many: is no whole number; write digits"),
        ("nam: a", r"shop.yaml line 1, nam a: is not known"),
        ("shelves: 2", r"shop.yaml line 1, name: is missing; add it"),
        ("# words\nname: a\nshelves: [\n  many, 2]", r"line 3, shelves \[many, 2\]: "),
        ("name: " + "a" * 90, r"name a{60}…: has more than 80 characters; shorten it"),
        ("name: a\nback: {shelf: 2}", r"line 2, back.shelf 2: is not known; keys there are: shelves, doors"),
        ("name: a\nback: {shelves: 2, doors: 3}", r"line 2, back.doors 3: must not be more than shelves; mend it"),
        ("name: &a x\nshelves: *a", "has an alias"),
        ("name: a\nback:\n  doors: 1\n  doors: 2", r"\(line 4, column 3: key doors is written twice\)"),
        ("? [name]\n: a", "cannot be read as YAML"),
        ("a: [", r"cannot be read as YAML \(line 1, column 5: .*\); look at the indents"),
        ("name: 2027-13-01", r"cannot be read as YAML \(a day or number in it cannot be\)"),
        ("name: " + "[" * 60_000, r"cannot be read as YAML \(it nests too deeply\)"),
        ("name: " + "- " * 5_000, "cannot be read as YAML"),
        ("\n" + "- " * 5_000, r"cannot be read as YAML \(it nests too deeply\)"),
        ("- 1", "the whole file"),
        ("", "name: is missing"),
    ],
)
def test_a_fault_is_named_by_key_and_value(tmp_path, text, message):
    file = tmp_path / "shop.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_yaml(file, Shop, "shop")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00\x01"])
def test_no_file_or_no_text_is_named(tmp_path, content):
    file = tmp_path / "shop.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match="cannot be read as YAML"):
        read_yaml(file, Shop, "shop")
