"""Right answers of lesson 08, as a student finds them."""

from __future__ import annotations

import numpy as np
import pandas as pd

import csi

ITEMS = [
    "right first time", "complaints", "prompt warranty", "any job", "available", "courteous", "ready when promised",
    "only necessary work", "low prices", "clean up", "near home", "near work", "courtesy bus", "notices",
]  # fmt: skip
IMPORTANCE = [3.83, 3.63, 3.60, 3.56, 3.41, 3.41, 3.38, 3.37, 3.29, 3.27, 2.52, 2.43, 2.37, 2.05]
PERFORMANCE = [2.63, 2.73, 3.15, 3.00, 3.05, 3.29, 3.03, 3.11, 2.00, 3.02, 2.25, 2.49, 2.35, 3.33]
FOUR = ["signs", "speed", "stock", "welcome"]


def draw_shop(seed: int, n: int = 1500) -> pd.DataFrame:
    """Customers of a shop, as the lesson draws them."""
    rng = np.random.default_rng(seed)
    main, idle, third, fourth = rng.permutation(["welcome", "speed", "stock", "signs"])
    x = dict(zip([main, third, fourth], rng.normal(size=(3, n)), strict=True))
    x[idle] = 0.9 * x[main] + 0.45 * rng.normal(size=n)
    x["overall"] = 0.7 * x[main] + 0.35 * x[third] + 0.15 * x[fourth] + rng.normal(0, 0.6, n)
    level = {main: 62, idle: 50, third: 56, fourth: 60, "overall": 60}
    return pd.DataFrame({name: (level[name] + 12 * x[name]).round().clip(0, 100) for name in sorted(x)})


def answers() -> dict[str, object]:
    """Exercise to answer; the one on own data is judged apart."""
    mobile = csi.load_sample("mobile")
    dealer = pd.DataFrame({"item": ITEMS, "importance": IMPORTANCE, "performance": PERFORMANCE})
    goal = csi.score_quadrants(dealer, cuts=(3.4, 3.1)).tidy("quadrants").query("kind == 'concentrate_here'")
    products = csi.score_quadrants(mobile, ["quality_products", "quality_network"], outcome="loyal_recommend")
    image = [item for item in mobile.items if item.startswith("image_")]
    sets = csi.list_labels(csi.score_quadrants(mobile, image, outcome="sat_overall"))
    shop = draw_shop(5)
    design = np.column_stack([np.ones(len(shop)), shop[FOUR]])
    slopes = np.linalg.lstsq(design, shop["overall"], rcond=None)[0][1:]
    return {
        "08.1": goal["item"].unique().tolist(),
        "08.2": products.value("quality_products", "importance", table="positions"),
        "08.3": sets.loc[~sets["labels"].str.contains("|", regex=False), "item"].tolist(),
        "08.4": FOUR[int(np.abs(slopes).argmin())],
    }
