"""Fit the published ECSI mobile-phone survey from its moments and put the published numbers beside ours.

    python tools/replicate.py

Tenenhaus, Esposito Vinzi, Chatelin & Lauro (2005) used covariances and the centroid scheme; SmartPLS 2.0.M3, as the
semPLS vignette prints it, standardised data and path weighting. Nothing is downloaded: the moments ship with csi.
"""

import csi

# (source, target): Tenenhaus et al. 2005, three digits; SmartPLS 2.0.M3, eight digits
PUBLISHED = {
    ("Image", "Expectation"): (0.493, 0.50491393),
    ("Expectation", "Quality"): (0.545, 0.55674896),
    ("Expectation", "Value"): (0.066, 0.04998839),
    ("Quality", "Value"): (0.540, 0.55830438),
    ("Image", "Satisfaction"): (0.153, 0.17873950),
    ("Expectation", "Satisfaction"): (0.037, 0.06252287),
    ("Quality", "Satisfaction"): (0.544, 0.51202394),
    ("Value", "Satisfaction"): (0.200, 0.19476510),
    ("Satisfaction", "Complaints"): (0.540, 0.52806625),
    ("Image", "Loyalty"): (0.212, 0.19575534),
    ("Satisfaction", "Loyalty"): (0.466, 0.48547762),
    ("Complaints", "Loyalty"): (0.050, 0.06692607),
}


def rows() -> list[tuple[str, float, float, float, float]]:
    """Path, published and ours in the metric form, published and ours in the standardised form."""
    moments = csi.load_moments("mobi")
    options = {"n_boot": 0, "tolerance": 1e-12}
    metric = csi.fit_pls(moments, "ECSI_2005", scheme="centroid", standardized=False, **options)
    standard = csi.fit_pls(moments, "ECSI_2005", **options)
    ours = [fit.tidy("paths").set_index(["source", "target"])["estimate"] for fit in (metric, standard)]
    return [
        (f"{source} -> {target}", paper, float(ours[0][source, target]), program, float(ours[1][source, target]))
        for (source, target), (paper, program) in PUBLISHED.items()
    ]


def main() -> None:
    print(f"{'path':28s} {'paper 2005':>10s} {'csi':>8s}   {'SmartPLS 2':>10s} {'csi':>11s}")
    for path, paper, metric, program, standard in rows():
        print(f"{path:28s} {paper:10.3f} {metric:8.4f}   {program:10.8f} {standard:11.8f}")


if __name__ == "__main__":
    main()
