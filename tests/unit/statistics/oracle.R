# What R says about the cases of test_oracle.c: reads lines `kind id n value …`, writes `id value …`.
suppressMessages(library(survival))
number <- function(x) formatC(x, digits = 15, format = "g")
z <- qnorm(0.975)

change <- function(v) {
	n <- length(v) / 2
	x <- v[1:n]
	y <- v[(n + 1):(2 * n)]
	m <- n - 1
	g <- exp(lgamma(m / 2) - log(sqrt(m / 2)) - lgamma((m - 1) / 2)) * (mean(y) - mean(x)) / sd(x)
	half <- z * sqrt(2 * (1 - cor(x, y)) / n + g^2 / (2 * n))
	t <- t.test(y, x, paired = TRUE)
	c(mean(y) - mean(x), t$conf.int, g, g - half, g + half, cor(x, y))
}

# Exact with ties: all signs.
enumerated <- function(v) {
	v <- v[v != 0]
	r <- rank(abs(v))
	plus <- as.matrix(expand.grid(rep(list(0:1), length(r)))) %*% r
	away <- abs(sum(r[v > 0]) - sum(r) / 2)
	c(sum(r[v > 0]), mean(abs(plus - sum(r) / 2) >= away - 1e-9))
}

signed <- function(v, ...) {
	w <- suppressWarnings(wilcox.test(v, ...))
	c(w$statistic, w$p.value)
}

curve_of <- function(v) {
	m <- matrix(v, ncol = 3, byrow = TRUE)
	s <- summary(survfit(Surv(m[, 1], m[, 2]) ~ 1, conf.type = "log-log"))
	keep <- s$surv > 0
	c(rbind(s$time, s$n.risk, s$n.event, s$surv, s$lower, s$upper)[, keep])
}

compared <- function(v) {
	m <- matrix(v, ncol = 3, byrow = TRUE)
	d <- survdiff(Surv(m[, 1], m[, 2]) ~ m[, 3])
	c(d$obs, d$exp, d$chisq, pchisq(d$chisq, 1, lower.tail = FALSE))
}

wilson <- function(x, n) as.vector(suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int)

difference <- function(v) {
	a <- wilson(v[1], v[2])
	b <- wilson(v[3], v[4])
	p <- v[1] / v[2]
	q <- v[3] / v[4]
	c(a, p - q, p - q - sqrt((p - a[1])^2 + (b[2] - q)^2), p - q + sqrt((a[2] - p)^2 + (q - b[1])^2))
}

test <- function(v) {
	h <- 2 * asin(sqrt(v[1] / v[2])) - 2 * asin(sqrt(v[3] / v[4]))
	p <- suppressWarnings(prop.test(c(v[1], v[3]), c(v[2], v[4]), correct = FALSE))$p.value
	half <- z * sqrt(1 / v[2] + 1 / v[4])
	c(if (is.nan(p)) 1 else p, h, h - half, h + half)
}

# Two samples: the size of the first, then all values.
between <- function(v) {
	x <- v[2:(1 + v[1])]
	y <- v[-(1:(1 + v[1]))]
	n <- length(x)
	k <- length(y)
	m <- n + k - 2
	s <- sqrt(((n - 1) * var(x) + (k - 1) * var(y)) / m)
	g <- exp(lgamma(m / 2) - log(sqrt(m / 2)) - lgamma((m - 1) / 2)) * (mean(x) - mean(y)) / s
	half <- z * sqrt((n + k) / (n * k) + g^2 / (2 * (n + k)))
	t <- t.test(x, y)
	c(mean(x) - mean(y), t$conf.int, g, g - half, g + half, t$p.value)
}

paired <- function(v) {
	n <- sum(v)
	p <- (v[1] + v[2]) / n
	q <- (v[1] + v[3]) / n
	a <- wilson(v[1] + v[2], n)
	b <- wilson(v[1] + v[3], n)
	cross <- v[1] * v[4] - v[2] * v[3]
	whole <- (v[1] + v[2]) * (v[3] + v[4]) * (v[1] + v[3]) * (v[2] + v[4])
	f <- if (whole == 0) 0 else (if (cross > 0) max(0, cross - n / 2) else cross) / sqrt(whole)
	part <- function(x, y) sqrt(max(0, x^2 - 2 * f * x * y + y^2))
	c(p - q, p - q - part(p - a[1], b[2] - q), p - q + part(a[2] - p, q - b[1]))
}

alpha <- function(v) {
	m <- matrix(v[-1], ncol = v[1], byrow = TRUE)
	k <- ncol(m)
	k / (k - 1) * (1 - sum(apply(m, 2, var)) / var(rowSums(m)))
}

answer <- list(change = change, ties = enumerated,
	exact = function(v) signed(v, exact = TRUE),
	normal = function(v) signed(v, exact = FALSE, correct = TRUE),
	curve = curve_of, compared = compared, difference = difference, paired = paired, alpha = alpha,
	test = test, between = between,
	holm = function(v) p.adjust(v, "holm"),
	student = function(v) c(pt(v[1], v[2]), qt(v[3], v[2]), pnorm(v[1]), qnorm(v[3])))
for (line in readLines(file("stdin"))) {
	word <- strsplit(line, " ")[[1]]
	cat(word[2], number(answer[[word[1]]](as.numeric(word[-(1:3)]))), "\n")
}
