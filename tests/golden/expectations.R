# AIC, BIC and a response surface of the sample `expectations`, for tests/test_expectations.py.
# Rscript tests/golden/expectations.R > tests/golden/expectations.json
suppressMessages(library(survey))
d <- read.csv("data/samples/expectations.csv", fileEncoding = "UTF-8-BOM")
used <- c("expectation", "performance", "disconfirmation", "satisfaction")
d$w <- 0.5 + ((seq_len(nrow(d)) * 7) %% 11) / 7
d$h <- seq_len(nrow(d)) %% 40
d$e <- d$expectation - 5.5
d$p <- d$performance - 5.5
known <- complete.cases(d[, used])
plain <- d[known, ]
models <- list(
  expectation_disconfirmation = lm(satisfaction ~ expectation + disconfirmation, plain),
  performance = lm(satisfaction ~ performance, plain),
  expectation_difference = lm(satisfaction ~ I(performance - expectation), plain),
  surface_of_expectation = lm(satisfaction ~ e + p + I(e^2) + I(e * p) + I(p^2), plain)
)
number <- function(x) sprintf("%.17g", x)
list_of <- function(x) paste0("[", paste(number(x), collapse = ", "), "]")
information <- sapply(names(models), function(name) {
  m <- models[[name]]
  sprintf('"%s": {"aic": %s, "bic": %s, "r2_adjusted": %s, "r2": %s}', name, number(AIC(m)), number(BIC(m)),
          number(summary(m)$adj.r.squared), number(summary(m)$r.squared))
})
design <- subset(svydesign(ids = ~h, weights = ~w, data = d), known)
m <- svyglm(satisfaction ~ e + p + I(e^2) + I(e * p) + I(p^2), design = design)
along <- rbind(c(1, 1, 0, 0, 0), c(0, 0, 1, 1, 1), c(1, -1, 0, 0, 0), c(0, 0, 1, -1, 1))
cat(sprintf('{"versions": "%s, survey %s",\n"information": {%s},\n"surface": {"slope": %s, "slope_error": %s, "line": %s, "line_error": %s}}\n',
            R.version.string, packageVersion("survey"), paste(information, collapse = ",\n"), list_of(coef(m)[-1]),
            list_of(sqrt(diag(vcov(m)))[-1]), list_of(along %*% coef(m)[-1]),
            list_of(sqrt(diag(along %*% vcov(m)[-1, -1] %*% t(along))))))
