# One-sided and two-sided tests of a share against a target, and of a mean, for tests/test_targets.py.
# Rscript tests/golden/targets.R > tests/golden/targets.json
cases <- list(c(186, 200, 0.9), c(92, 100, 0.9), c(20, 20, 0.9), c(3, 150, 0.05), c(0, 40, 0.05), c(55, 90, 0.5))
one <- function(case, test, alternative) {
  made <- if (test == "exact") {
    binom.test(case[1], case[2], p = case[3], alternative = alternative)
  } else {
    prop.test(case[1], case[2], p = case[3], alternative = alternative, correct = FALSE)
  }
  sprintf('{"count": %d, "n": %d, "target": %s, "test": "%s", "alternative": "%s", "p": %.17g, "lower": %.17g, "upper": %.17g}',
          case[1], case[2], case[3], test, alternative, made$p.value, made$conf.int[1], made$conf.int[2])
}
rows <- c()
for (case in cases) for (test in c("exact", "wilson")) for (alternative in c("greater", "less", "two.sided"))
  rows <- c(rows, suppressWarnings(one(case, test, alternative)))
x <- c(8, 9, 6, 8, 4, 10, 6, 5, 8, 4, 7, 9)
mean_row <- function(alternative) {
  made <- t.test(x, mu = 6, alternative = alternative)
  sprintf('{"alternative": "%s", "p": %.17g, "lower": %s, "upper": %s}', alternative, made$p.value,
          if (is.finite(made$conf.int[1])) sprintf("%.17g", made$conf.int[1]) else "null",
          if (is.finite(made$conf.int[2])) sprintf("%.17g", made$conf.int[2]) else "null")
}
means <- sapply(c("greater", "less", "two.sided"), mean_row)
cat(sprintf('{"R": "%s", "shares": [\n%s],\n"mean": {"values": [%s], "target": 6, "rows": [\n%s]}}\n',
            paste(R.version$major, R.version$minor, sep = "."), paste(rows, collapse = ",\n"),
            paste(x, collapse = ", "), paste(means, collapse = ",\n")))
