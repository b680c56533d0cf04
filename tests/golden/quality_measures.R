# What R says of Kano coefficients, gaps, importances and reliabilities; run from the root of the repository:
#   Rscript tests/golden/quality_measures.R
# Writes tests/golden/quality_measures.json. On mobile the ten points stand in for Kano's answers, so that weights, strata
# and clusters can be tested; codes 95, 96, 98, 99 mean: no answer.
suppressMessages({library(survey); library(psych); library(jsonlite)})
flat <- function(x) as.numeric(x)
both <- function(found) list(estimate = flat(coef(found)), std_error = flat(SE(found)))

data <- read.csv("data/samples/mobile.csv", fileEncoding = "UTF-8-BOM", stringsAsFactors = FALSE)
items <- setdiff(names(data), c("id", "operator", "wave", "region", "interviewer", "weight", "seconds"))
for (item in items) data[[item]][data[[item]] %in% c(95, 96, 98, 99)] <- NA
answer <- c(5, 5, 5, 4, 4, 3, 2, 2, 1, 1)  # rating 1-10 -> 1 like, 2 expect, 3 neutral, 4 live with, 5 dislike
table <- matrix(c("Q", "A", "A", "A", "O", "R", "I", "I", "I", "M", "R", "I", "I", "I", "M",
                  "R", "I", "I", "I", "M", "R", "R", "R", "R", "Q"), 5, byrow = TRUE)
data$kano <- table[cbind(answer[data$quality_network], answer[data$sat_overall])]
data$gain <- as.numeric(data$kano %in% c("A", "O"))
data$loss <- as.numeric(data$kano %in% c("O", "M"))
data$meant <- as.numeric(data$kano %in% c("A", "O", "M", "I"))
data$gap <- data$quality_overall - data$expect_overall
design <- svydesign(ids = ~interviewer, strata = ~region, weights = ~weight, data = data, nest = TRUE)
answered <- subset(design, !is.na(kano))
shares <- svymean(~factor(kano, levels = c("A", "O", "M", "I", "R", "Q")), answered)
better <- svyratio(~gain, ~meant, answered)
worse <- svyratio(~loss, ~meant, answered)
groups <- svyby(~gain, ~operator, denominator = ~meant, answered, svyratio)
gap <- svymean(~gap, subset(design, !is.na(gap)))

# correlation: a function of five means, by the delta method
data$x <- data$quality_network; data$y <- data$sat_overall
complete <- subset(svydesign(ids = ~interviewer, strata = ~region, weights = ~weight, nest = TRUE,
                             data = transform(data, xx = x^2, yy = y^2, xy = x * y)), !is.na(x) & !is.na(y))
means <- svymean(~x + y + xx + yy + xy, complete)
importance <- svycontrast(means, quote((xy - x * y) / sqrt((xx - x^2) * (yy - y^2))))

hotel <- read.csv("data/samples/hotel.csv", fileEncoding = "UTF-8-BOM", stringsAsFactors = FALSE)
e <- hotel[sprintf("e%02d", 5:9)]; p <- hotel[sprintf("p%02d", 5:9)]  # Reliability, none reversed
p[p == 98] <- NA
whole <- complete.cases(e, p)
e <- e[whole, ]; p <- p[whole, ]
raw <- function(x) suppressWarnings(psych::alpha(x)$total$raw_alpha)

out <- list(
  made_with = list(R = as.character(getRversion()), survey = as.character(packageVersion("survey")),
                   psych = as.character(packageVersion("psych")), script = "tests/golden/quality_measures.R"),
  shares = both(shares), better = both(better), worse = both(worse),
  better_by_operator = list(operator = groups$operator, estimate = flat(coef(groups)), std_error = flat(SE(groups))),
  gap = both(gap), importance = both(importance),
  hotel = list(n = sum(whole), alpha_expectation = raw(e), alpha_perception = raw(p),
               correlation = cor(rowMeans(e), rowMeans(p)), sd_gap = sd(rowMeans(p) - rowMeans(e)))
)
write(toJSON(out, auto_unbox = TRUE, digits = NA), "tests/golden/quality_measures.json")
