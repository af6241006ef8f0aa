package form

import (
	"math/big"
	"strings"
)

// Add is d + other, exactly, with the decimals of the one that has more.
func (d Decimal) Add(other Decimal) Decimal {
	a, b, decimals := align(d, other)
	return fromUnscaled(a.Add(a, b), decimals)
}

// Sub is d - other, exactly, with the decimals of the one that has more.
func (d Decimal) Sub(other Decimal) Decimal {
	a, b, decimals := align(d, other)
	return fromUnscaled(a.Sub(a, b), decimals)
}

// Mul is d * other, exactly, with the decimals of both together: 1.50 * 0.10 is
// 0.1500. [Decimal.Round] makes an amount of money of it.
func (d Decimal) Mul(other Decimal) Decimal {
	a, m := d.unscaled()
	b, n := other.unscaled()
	return fromUnscaled(a.Mul(a, b), m+n)
}

// Neg is -d, with the same decimals.
func (d Decimal) Neg() Decimal {
	n, decimals := d.unscaled()
	return fromUnscaled(n.Neg(n), decimals)
}

// Cmp is -1, 0 or 1 when d is less than other, equal to it or greater. It compares
// values: 0.10 and 0.1 are equal.
func (d Decimal) Cmp(other Decimal) int {
	a, b, _ := align(d, other)
	return a.Cmp(b)
}

// Round is d with so many decimals. It rounds half away from zero (四舍五入): 2.345 to
// 2.35, and -2.345 to -2.35. Decimals that d lacks are zeros.
func (d Decimal) Round(decimals uint8) Decimal {
	n, has := d.unscaled()
	if surplus := has - int(decimals); surplus > 0 {
		unit := powerOfTen(surplus)
		isNegative := n.Sign() < 0
		n.Abs(n).Add(n, new(big.Int).Rsh(unit, 1)).Quo(n, unit)
		if isNegative {
			n.Neg(n)
		}
	} else {
		n.Mul(n, powerOfTen(-surplus))
	}
	return fromUnscaled(n, int(decimals))
}

// Sum is the exact sum of all; 0 of none.
func Sum(all ...Decimal) Decimal {
	var sum Decimal
	for _, d := range all {
		sum = sum.Add(d)
	}
	return sum
}

// unscaled is the number without its point, and how many decimals it has.
func (d Decimal) unscaled() (_ *big.Int, decimals int) {
	whole, fraction, _ := strings.Cut(d.String(), ".")
	n, _ := new(big.Int).SetString(whole+fraction, 10) // the text is always a number
	return n, len(fraction)
}

// align is both numbers without their points, with as many decimals.
func align(d, other Decimal) (a, b *big.Int, decimals int) {
	a, m := d.unscaled()
	b, n := other.unscaled()
	switch {
	case m < n:
		a.Mul(a, powerOfTen(n-m))
	case n < m:
		b.Mul(b, powerOfTen(m-n))
	}
	return a, b, max(m, n)
}

func powerOfTen(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

func fromUnscaled(n *big.Int, decimals int) Decimal {
	digits, negative := strings.CutPrefix(n.String(), "-")
	return decimalOf(placePoint(digits, decimals, negative))
}
