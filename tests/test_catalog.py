"""The catalogue: counts from the sources, evidence for every fact, both languages, and how its models meet data."""

from importlib.resources import files

import pytest

from csi import ModelError, use_language
from csi.data.codebook import Codebook, Item
from csi.data.scales import Scale
from csi.models.catalog import list_models, load_model
from csi.models.path import PathModel
from csi.models.questions import MODELS, read_catalogue_entry

TAGS = {"READ", "READ-2", "INF", "MEMORY", "C"}

# What the sources say of each model: constructs in causal order, number of paths, first causes.
FACTS = {
    "SCSB": ("Expectation Value Satisfaction Complaints Loyalty", 6, {"Expectation"}),
    "ACSI": ("Expectation Quality Value Satisfaction Complaints Loyalty", 9, {"Expectation"}),
    "ACSI_GOV": (
        "Expectation Process Information CustomerService Website Satisfaction Complaints Trust",
        12,
        {"Expectation"},
    ),
    "ECSI": ("Image Expectation Quality Value Satisfaction Loyalty", 10, {"Image"}),
    "ECSI_2005": ("Image Expectation Quality Value Satisfaction Complaints Loyalty", 12, {"Image"}),
    "CCSI": ("Image Expectation Quality Value Satisfaction Loyalty", 11, {"Image"}),
}

# Number of questions a construct, in the order of the constructs.
QUESTIONS = {
    "SCSB": [1, 2, 3, 1, 2],
    "ACSI": [3, 3, 2, 3, 1, 2],
    "ACSI_GOV": [1, 2, 2, 2, 2, 3, 1, 2],
    "ECSI": [5, 3, 7, 2, 3, 3],
    "ECSI_2005": [5, 3, 7, 2, 3, 1, 3],
    "CCSI": [5, 3, 4, 2, 3, 3],
}

MOBI = {
    "Image": "IMAG1 IMAG2 IMAG3 IMAG4 IMAG5",
    "Expectation": "CUEX1 CUEX2 CUEX3",
    "Quality": "PERQ1 PERQ2 PERQ3 PERQ4 PERQ5 PERQ6 PERQ7",
    "Value": "PERV1 PERV2",
    "Satisfaction": "CUSA1 CUSA2 CUSA3",
    "Complaints": "CUSCO",
    "Loyalty": "CUSL1 CUSL2 CUSL3",
}
ACSI_FILE = "OVERALLX CUSTOMX WRONGX OVERALLQ CUSTOMQ WRONGQ PQ QP SATIS CONFIRM IDEAL COMP REPUR"


@pytest.fixture(params=MODELS)
def entry(request):
    return read_catalogue_entry(request.param)


def all_questions(entry):
    return [item for block in entry["constructs"] for item in block["items"]]


def codes(model):
    return [remark.code for remark in model.notes]


def test_the_files_are_the_models():
    names = {file.name for file in files("csi").joinpath("models", "national").iterdir()}
    assert names == {f"{name}.yaml" for name in MODELS} | {"questions.yaml"}


@pytest.mark.parametrize("name", MODELS)
def test_constructs_paths_and_questions_are_those_of_the_sources(name):
    model = load_model(name)
    names, paths, exogenous = FACTS[name]
    assert model.names == tuple(names.split())
    assert model.order == model.names
    assert len(model.paths) == len(set(model.paths)) == paths
    assert set(model.exogenous) == exogenous
    assert [len(construct.ids) for construct in model.constructs] == QUESTIONS[name]
    assert model.items == ()
    assert {block["id"] for block in read_catalogue_entry(name)["constructs"] if block["exogenous"]} == exogenous


def test_named_arrows_of_the_sources():
    assert set(load_model("CCSI").paths) - set(load_model("ECSI").paths) == {("Image", "Quality")}
    assert set(load_model("ECSI_2005").paths) - set(load_model("ECSI").paths) == {
        ("Satisfaction", "Complaints"),
        ("Complaints", "Loyalty"),
    }
    assert set(load_model("ACSI").paths) - set(load_model("SCSB").paths) == {
        ("Expectation", "Quality"),
        ("Quality", "Value"),
        ("Quality", "Satisfaction"),
    }


def test_every_fact_has_its_evidence(entry):
    evidence = load_model(entry["id"]).evidence
    expected = {f"construct {block['id']}" for block in entry["constructs"]}
    expected |= {f"items {block['id']}" for block in entry["constructs"]}
    expected |= {f"path {source} -> {target}" for source, target in entry["paths"]}
    assert set(evidence) == expected | {"scoring"}
    for fact in evidence.values():
        assert fact.tag in TAGS
        assert len(fact.source) > 3


def test_every_question_is_bilingual_and_has_a_scale_with_both_ends_named(entry):
    for item in all_questions(entry):
        scale = item["scale"]
        assert scale["lo"] < scale["hi"]
        for wording in (item["text"], scale["labels"][scale["lo"]], scale["labels"][scale["hi"]]):
            assert set(wording) == {"en", "zh"}
            assert wording["en"].isascii()
            assert any("\u4e00" <= sign <= "\u9fff" for sign in wording["zh"])
    for block in entry["constructs"]:
        assert set(block["text"]) == {"en", "zh"}
    assert entry["kind"] == "path_model"
    assert entry["scoring"] == {"kind": "minmax", "weights": "unstandardised"}
    assert entry["citation"]["text"]


def test_an_id_means_one_construct_one_scale_and_an_alias_one_question():
    homes, scales, owners = {}, {}, {}
    for name in MODELS:
        for block in read_catalogue_entry(name)["constructs"]:
            for item in block["items"]:
                assert homes.setdefault(item["id"], block["id"]) == block["id"]
                assert scales.setdefault(item["id"], item["scale"]) == item["scale"]
                for alias in item["aliases"]:
                    assert owners.setdefault(alias.casefold(), item["id"]) == item["id"]
                assert set(item["stored"]) <= set(item["aliases"])
    assert {item for item in homes if item.endswith("_wrong")} == {"expect_wrong", "quality_wrong"}


@pytest.mark.parametrize("name", ["ACSI_GOV", "ECSI", "CCSI", "SCSB"])
def test_inferred_and_remembered_parts_are_said_when_loaded(name):
    model = load_model(name)
    tags = {fact.tag for fact in model.evidence.values()}
    assert ("catalogue_inferred" in codes(model)) == ("INF" in tags)
    assert ("catalogue_remembered" in codes(model)) == ("MEMORY" in tags)
    assert "not read in a source" in repr(model)
    with use_language("zh"):
        assert "未在文献中读到" in repr(model)


def test_the_words_of_the_doubt_name_the_parts():
    ccsi = load_model("CCSI")
    assert "all 11 paths" in repr(ccsi)
    assert "items (Image, Expectation, Quality, Value, Satisfaction, Loyalty)" in repr(ccsi)
    acsi = [str(remark) for remark in load_model("ACSI").notes]
    assert acsi[0].endswith("remembered, not read in a source: scoring")
    assert not any("items (" in remark for remark in acsi)  # ACSI's questions were read


def test_mobi_fills_the_form_of_2005_by_name():
    columns = " ".join(reversed(MOBI.values())).split()
    model = load_model("ecsi_2005").resolve(columns)
    assert {construct.name: " ".join(construct.items) for construct in model.constructs} == MOBI
    assert codes(model)[-1] == "items_from_aliases"
    assert "Quality (PERQ1 + PERQ2" in str(model.notes[-1])


def test_the_public_acsi_names_fill_acsi_and_what_is_missing_is_said():
    model = load_model("ACSI").resolve(ACSI_FILE.split())
    assert " ".join(model.items) == ACSI_FILE
    assert "Loyalty (loyal_price)" in next(str(note) for note in model.notes if note.code == "items_not_found")
    assert "items_asked_negatively" not in codes(model)  # that file stores WRONGX and WRONGQ turned round


def test_a_negative_question_without_a_codebook_that_turns_it_is_pointed_out():
    model = load_model("ACSI")
    names = list(dict.fromkeys(name for construct in model.constructs for name in construct.ids))
    filled = model.resolve(names)
    said = next(str(note) for note in filled.notes if note.code == "items_asked_negatively")
    assert "Expectation (expect_wrong)" in said
    assert "Quality (quality_wrong)" in said
    turned = Codebook(
        items={name: Item(name, Scale(0, 25), reversed=name.endswith("_wrong"), kind="rating") for name in names}
    )
    assert "items_asked_negatively" not in codes(model.resolve(names, turned))


def mobile_like():
    """A codebook that holds the questions of all models of a firm at once, under their constructs."""
    questions = {}
    for name in MODELS:
        if name != "ACSI_GOV":
            for block in read_catalogue_entry(name)["constructs"]:
                questions.update({item["id"]: block["id"] for item in block["items"]})
    return Codebook(items={name: Item(name, Scale(0, 25), construct=home) for name, home in questions.items()})


@pytest.mark.parametrize("name", [name for name in MODELS if name != "ACSI_GOV"])
def test_a_codebook_with_the_questions_of_all_models_gives_each_its_own(name):
    codebook = mobile_like()
    model = load_model(name)
    filled = model.resolve(list(codebook.items), codebook)
    for construct in filled.constructs:
        assert set(construct.items) == set(construct.ids)
    assert "items_of_other_models" in codes(filled)


def test_the_users_own_items_win_over_the_catalogues():
    items = {"my1": "Quality", "my2": "Quality", "quality_network": "Quality", "PERQ1": None, "x": "Expectation"}
    items |= {"v": "Value", "s": "Satisfaction", "c": "Complaints", "complaint_handling": "Complaints", "l": "Loyalty"}
    codebook = Codebook(items={name: Item(name, Scale(1, 10), construct=home) for name, home in items.items()})
    filled = load_model("ACSI").resolve(list(items), codebook)
    assert filled.construct("Quality").items == ("my1", "my2", "quality_network")
    assert filled.construct("Complaints").items == ("c", "complaint_handling")
    assert "items_from_aliases" not in codes(filled)


def test_a_users_question_beside_the_catalogues_own_stays():
    codebook = mobile_like()
    items = {**codebook.items, "quality_app": Item("quality_app", Scale(1, 10), construct="Quality")}
    filled = load_model("ACSI").resolve(list(items), Codebook(items=items))
    assert filled.construct("Quality").items == ("quality_overall", "quality_needs", "quality_wrong", "quality_app")


def test_nothing_to_fill_a_model_with_says_what_was_looked_for():
    with pytest.raises(ModelError) as caught:
        load_model("SCSB").resolve([*MOBI["Satisfaction"].split(), "other"])
    assert caught.value.code == "unfilled_constructs"
    for language, parts in {
        "en": ["'SCSB'", "4 constructs", "Complaints (complained|COMP)", "`construct: Expectation`", "CUSA1"],
        "zh": ["“SCSB”", "4 个潜变量", "Complaints (complained|COMP)", "编码簿", "`construct: Expectation`"],
    }.items():
        with use_language(language):
            assert all(part in str(caught.value) for part in parts)


@pytest.mark.parametrize("name", ["ACS", "", None, 3])
def test_an_unknown_model_lists_what_exists(name):
    for call in (load_model, read_catalogue_entry):
        with pytest.raises(ModelError) as caught:
            call(name)
        assert caught.value.code == "unknown_model"
        assert all(model in str(caught.value) for model in MODELS)
        assert repr(name) in str(caught.value)


def test_letter_case_and_changes_by_a_caller_do_not_matter():
    taken = read_catalogue_entry("ACSI")
    taken["constructs"].clear()
    assert load_model("acsi") == load_model("ACSI")
    assert len(load_model("Acsi").constructs) == 6


@pytest.mark.parametrize("name", MODELS)
def test_a_filled_model_round_trips_through_lavaan(name):
    model = load_model(name)
    filled = model.resolve([item for construct in model.constructs for item in construct.ids])
    again = PathModel.parse(filled.to_lavaan(), name=name)
    assert again.names == filled.names
    assert again.paths == filled.paths
    assert again.items == filled.items


def test_list_models_counts_what_load_model_gives():
    table = list_models()
    assert list(table["name"]) == list(MODELS)
    assert list(table.columns) == ["name", "title", "year", "constructs", "paths", "evidence"]
    for row in table.itertuples():
        model = load_model(row.name)
        assert (row.constructs, row.paths) == (len(model.constructs), len(model.paths))
        counts = dict(part.rsplit(" ", 1) for part in row.evidence.split(", "))
        assert sum(map(int, counts.values())) == len(model.evidence)
    with use_language("zh"):
        assert list_models().loc[0, "title"] == "瑞典顾客满意度晴雨表"
