"""Copy the numbers that tests compare with from the folder of reference output into tests/golden.

The reference folder holds what R seminr, semPLS, cSEM and relaimpo printed for the mobi data, with versions; it is not
part of the project. `python tools/golden.py REFERENCE_FOLDER` rewrites tests/golden from it.
"""

import json
import sys
from pathlib import Path

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden"
SEMINR = ("weights", "loadings", "path_coef", "rSquared", "total_effects", "total_indirect", "reliability", "htmt")
SEMPLS = ("paths", "outer_weights", "outer_loadings", "total", "rsq", "gof", "iterations")
RELAIMPO = ("predictors", "R2", "adjR2", "lmg", "last", "first", "betasq", "pratt", "genizi", "car", "beta_std")


def main(folder: str) -> None:
    reference = Path(folder)
    seminr = json.loads((reference / "seminr_mobi_ecsi.json").read_text(encoding="utf-8"))
    write(
        "seminr_mobi.json",
        {name: {part: fit[part] for part in SEMINR} | {"scores": fit["scores"]} for name, fit in fits(seminr)},
        seminr["_meta"],
    )
    sempls = json.loads((reference / "sempls_mobi_ecsi.json").read_text(encoding="utf-8"))
    write(
        "sempls_mobi.json", {name: {part: fit[part] for part in SEMPLS} for name, fit in fits(sempls)}, sempls["_meta"]
    )
    drivers = json.loads((reference / "drivers_mobi_CUSA1.json").read_text(encoding="utf-8"))
    parts = {name: {part: drivers[name][part] for part in RELAIMPO} for name in ("qual5", "qual_val", "qual_val_img14")}
    tests = {name: {row["term"]: row["Pr(>|t|)"] for row in drivers[name]["lm"]} for name in parts}
    write("relaimpo_mobi.json", {name: part | {"lm_p": tests[name]} for name, part in parts.items()}, drivers["_meta"])


def fits(output: dict) -> list:
    return [(name, fit) for name, fit in output.items() if isinstance(fit, dict) and not name.startswith("_")]


def write(name: str, numbers: dict, meta: object) -> None:
    text = json.dumps({"_meta": meta, **numbers}, indent=None, separators=(",", ":"))
    (GOLDEN / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
