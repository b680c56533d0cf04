# Numbers of tests/golden/trust.json. Run from the root of the project:
#   Rscript tests/golden/trust.R MOBI.csv data/samples/mobile.csv tests/golden/trust.json
# MOBI.csv holds the raw mobi data (csi.fetch_dataset("mobi")); psych, GPArotation, survey and jsonlite are needed.
suppressMessages({library(psych); library(GPArotation); library(survey); library(jsonlite)})
args <- commandArgs(TRUE)
mobi <- read.csv(args[1])
mobile <- read.csv(args[2], fileEncoding = "UTF-8-BOM")

# Shrout and Fleiss (1979), table 2: six targets, four judges
judged <- matrix(c(9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7), 6, 4, byrow = TRUE)
form <- function(x) {
  r <- suppressMessages(suppressWarnings(ICC(x, lmer = FALSE)))$results
  list(type = r$type, icc = r$ICC, lower = r$`lower bound`, upper = r$`upper bound`, p = r$p)
}
icc <- list(shrout = form(judged), cusa = form(mobi[, c("CUSA1", "CUSA2", "CUSA3")]))

# two raters: Cohen's kappas of two mobi items cut at 6 and 8
cut3 <- function(x) 1 + (x > 6) + (x > 8)
pair <- cbind(cut3(mobi$CUSA1), cut3(mobi$CUSA2))
quadratic <- cohen.kappa(pair)
linear <- cohen.kappa(pair, w = 1 - abs(outer(1:3, 1:3, "-")) / 2)
kappa <- list(kappa = quadratic$kappa, quadratic = quadratic$weighted.kappa, linear = linear$weighted.kappa,
              se = sqrt(quadratic$var.kappa), se_quadratic = sqrt(quadratic$var.weighted))

# rotations: one set of unrotated minres loadings, turned by R itself to a tight tolerance
quality <- c("CUSA1", "CUSA2", "CUSA3", paste0("PERQ", 1:7), paste0("IMAG", 1:5))
free <- fa(mobi[, quality], 3, rotate = "none", fm = "minres")
unrotated <- unclass(free$loadings)
vari <- varimax(unrotated, normalize = TRUE, eps = 1e-15)
pro <- stats::promax(vari$loadings, m = 4)
turn <- solve(t(pro$rotmat) %*% pro$rotmat)
obli <- oblimin(unrotated, normalize = FALSE, eps = 1e-9, maxit = 10000)
rotations <- list(items = quality, unrotated = unname(unrotated), varimax = unname(unclass(vari$loadings)),
                  promax = unname(unclass(pro$loadings)), promax_phi = unname(turn),
                  oblimin = unname(unclass(obli$loadings)), oblimin_phi = unname(obli$Phi))

# maximum likelihood by another program
ml <- factanal(covmat = cor(mobi[, quality]), factors = 3, n.obs = 250, rotation = "none",
               control = list(nstart = 3, opt = list(factr = 10)))
factanal3 <- list(uniquenesses = unname(ml$uniquenesses), objective = unname(ml$criteria["objective"]))

# weighted answers: alpha under a design
items <- c("quality_overall", "quality_needs", "quality_network", "quality_service", "quality_products",
           "quality_information")
for (item in items) mobile[[item]][mobile[[item]] > 10] <- NA
whole <- mobile[complete.cases(mobile[, items]), ]
design <- svydesign(ids = ~interviewer, strata = ~region, weights = ~weight, data = whole, nest = TRUE)
formula <- as.formula(paste("~", paste(items, collapse = "+")))
v <- svyvar(formula, design)
alpha <- function(c) length(items) / (length(items) - 1) * (1 - sum(diag(c)) / sum(c))
at <- as.matrix(v)[seq_along(items), seq_along(items)]
slope <- sapply(seq_along(at), function(i) {
  up <- down <- at
  up[i] <- up[i] + 1e-5
  down[i] <- down[i] - 1e-5
  (alpha(up) - alpha(down)) / 2e-5
})
error <- sqrt(drop(slope %*% attr(v, "var") %*% slope))
weighted <- list(alpha_se = error, items = items, n = nrow(whole), alpha = unname(svycralpha(formula, design)),
                 covariance = unname(as.matrix(svyvar(formula, design))))

versions <- sapply(c("psych", "GPArotation", "survey"), function(p) as.character(packageVersion(p)))
out <- list(icc = icc, kappa = kappa, rotations = rotations, factanal = factanal3, weighted = weighted,
            splits = list(image = unname(splitHalf(mobi[, paste0("IMAG", 1:4)], raw = TRUE)$raw)),
            `_meta` = list(R = R.version.string, packages = as.list(versions)))
write(toJSON(out, digits = 17, auto_unbox = TRUE, pretty = FALSE, na = "null"), args[3])
