import pytest

from features.errors import ConfigError
from features.yaml_file import Strict, read_yaml


class Shop(Strict):
    name: str
    shelves: int = 3


def test_a_file_becomes_a_model(tmp_path):
    file = tmp_path / "shop.yaml"
    file.write_text("name: 义乌")
    assert read_yaml(file, Shop, "shop") == Shop(name="义乌")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\nshelf: 2", r"shop .*shop.yaml, line 2, shelf 2: Extra inputs .*keys there are: name, shelves"),
        ("name: a\nshelves: many", r"shelves many: .*valid integer"),
        ("shelves: 2", r"shop.yaml, line 1, name: Field required"),
        ("# words\nname: a\nshelves: [\n  many]", r"line 3, shelves"),
        ("name: &a x\nshelves: *a", "has an alias"),
        ("a: [", "cannot be read as YAML"),
        ("- 1", "the whole file"),
        ("", "name: Field required"),
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
