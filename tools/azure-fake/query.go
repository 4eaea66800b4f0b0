package main

import (
	"context"
	"encoding/json"
	"math/big"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"

	azfake "github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/costmanagement/armcostmanagement/v2"
)

// One charge of a day. Amounts are plain decimals as text, so that every digit of them is answered.
type charge struct {
	// The subscription or resource group that it belongs to, without a leading slash.
	Scope      string            `json:"scope"`
	Date       string            `json:"date"`
	Cost       string            `json:"cost"`
	Amortized  string            `json:"amortized"`
	Quantity   string            `json:"quantity"`
	Currency   string            `json:"currency"`
	Dimensions map[string]string `json:"dimensions"`
	Tags       map[string]string `json:"tags"`
}

type nextLinkKey struct{}

// The address that a query was posted to; its skip token says which page is asked for.
type nextLink struct{ url *url.URL }

func (n nextLink) offset() int {
	at, _ := strconv.Atoi(n.url.Query().Get("$skiptoken"))
	return at
}

func (n nextLink) to(offset int) *string {
	next := *n.url
	query := next.Query()
	query.Set("$skiptoken", strconv.Itoa(offset))
	next.RawQuery = query.Encode()
	return to.Ptr(next.String())
}

type group struct {
	keys           []any
	cost, quantity *big.Rat
	digits         int
}

// Refuses what Azure refuses, and sums the charges of the scope and the period by the groupings.
func (a *account) usage(ctx context.Context, scope string, query armcostmanagement.QueryDefinition, _ *armcostmanagement.QueryClientUsageOptions) (answer azfake.Responder[armcostmanagement.QueryClientUsageResponse], refused azfake.ErrorResponder) {
	if !isValid(scope, query) {
		refused.SetResponseError(http.StatusBadRequest, "BadRequest")
		return
	}
	current := a.current()
	groups := map[string]*group{}
	for _, c := range current.Charges {
		if !belongs(c, scope) || !inPeriod(c, query.TimePeriod) || !matches(c, query.Dataset.Filter) {
			continue
		}
		keys := keysOf(c, query)
		text, _ := json.Marshal(keys)
		g := groups[string(text)]
		if g == nil {
			g = &group{keys: keys, cost: new(big.Rat), quantity: new(big.Rat)}
			groups[string(text)] = g
		}
		amount := c.Cost
		if *query.Type == "AmortizedCost" {
			amount = c.Amortized
		}
		g.add(g.cost, amount)
		g.add(g.quantity, c.Quantity)
	}
	result := &armcostmanagement.QueryProperties{Columns: columnsOf(query), Rows: [][]any{}}
	for _, text := range sortedKeys(groups) {
		result.Rows = append(result.Rows, groups[text].row(query))
	}
	link := ctx.Value(nextLinkKey{}).(nextLink)
	if size := current.RowsOnPage; size > 0 {
		from := min(link.offset(), len(result.Rows))
		until := min(from+size, len(result.Rows))
		if until < len(result.Rows) {
			result.NextLink = link.to(until)
		}
		result.Rows = result.Rows[from:until]
	}
	answer.SetResponse(http.StatusOK, armcostmanagement.QueryClientUsageResponse{
		QueryResult: armcostmanagement.QueryResult{Properties: result},
	}, nil)
	return
}

func isValid(scope string, query armcostmanagement.QueryDefinition) bool {
	data := query.Dataset
	if query.Type == nil || query.Timeframe == nil || *query.Timeframe != "Custom" || query.TimePeriod == nil || data == nil {
		return false
	}
	if len(data.Aggregation) == 0 || len(data.Aggregation) > 2 || len(data.Grouping) > 2 || !isFilter(data.Filter) {
		return false
	}
	for _, g := range data.Grouping {
		if *g.Name == "ResourceId" && !strings.HasPrefix(scope, "subscriptions/") {
			return false
		}
	}
	days := query.TimePeriod.To.Sub(*query.TimePeriod.From).Hours() / 24
	if isDaily(query) {
		return days <= 31
	}
	return days <= 366
}

func isDaily(query armcostmanagement.QueryDefinition) bool {
	return query.Dataset.Granularity != nil && *query.Dataset.Granularity == "Daily"
}

// "and" and "or" are of two conditions at least.
func isFilter(filter *armcostmanagement.QueryFilter) bool {
	if filter == nil {
		return true
	}
	for _, parts := range [][]*armcostmanagement.QueryFilter{filter.And, filter.Or} {
		if len(parts) == 1 {
			return false
		}
		for _, part := range parts {
			if !isFilter(part) {
				return false
			}
		}
	}
	return true
}

func belongs(c charge, scope string) bool {
	if !strings.HasPrefix(scope, "subscriptions/") {
		return true
	}
	return strings.HasPrefix(strings.ToLower(c.Scope)+"/", strings.ToLower(scope)+"/")
}

func inPeriod(c charge, period *armcostmanagement.QueryTimePeriod) bool {
	day, err := time.Parse(time.DateOnly, c.Date)
	return err == nil && !day.Before(*period.From) && !day.After(*period.To)
}

func matches(c charge, filter *armcostmanagement.QueryFilter) bool {
	switch {
	case filter == nil:
		return true
	case filter.Dimensions != nil:
		return isAmong(dimension(c, *filter.Dimensions.Name), filter.Dimensions.Values)
	case filter.Tags != nil:
		return isAmong(c.Tags[*filter.Tags.Name], filter.Tags.Values)
	case len(filter.And) > 0:
		for _, part := range filter.And {
			if !matches(c, part) {
				return false
			}
		}
		return true
	default:
		for _, part := range filter.Or {
			if matches(c, part) {
				return true
			}
		}
		return false
	}
}

func isAmong(value string, values []*string) bool {
	for _, v := range values {
		if strings.EqualFold(*v, value) {
			return true
		}
	}
	return false
}

func dimension(c charge, name string) string {
	if name == "SubscriptionId" {
		return strings.Split(c.Scope, "/")[1]
	}
	return c.Dimensions[name]
}

// The values that a row is told apart by, in the order of its columns.
func keysOf(c charge, query armcostmanagement.QueryDefinition) []any {
	keys := []any{}
	if g := query.Dataset.Granularity; g != nil {
		if isDaily(query) {
			keys = append(keys, json.Number(strings.ReplaceAll(c.Date, "-", "")))
		} else {
			keys = append(keys, c.Date[:7]+"-01T00:00:00")
		}
	}
	for _, g := range query.Dataset.Grouping {
		if *g.Type == "TagKey" {
			keys = append(keys, *g.Name, orNull(c.Tags[*g.Name]))
		} else {
			keys = append(keys, dimension(c, *g.Name))
		}
	}
	return append(keys, c.Currency)
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func columnsOf(query armcostmanagement.QueryDefinition) []*armcostmanagement.QueryColumn {
	columns := []*armcostmanagement.QueryColumn{}
	add := func(name, kind string) {
		columns = append(columns, &armcostmanagement.QueryColumn{Name: to.Ptr(name), Type: to.Ptr(kind)})
	}
	for _, name := range amounts(query) {
		add(name, "Number")
	}
	if g := query.Dataset.Granularity; g != nil {
		if isDaily(query) {
			add("UsageDate", "Number")
		} else {
			add("BillingMonth", "Datetime")
		}
	}
	for _, g := range query.Dataset.Grouping {
		if *g.Type == "TagKey" {
			add("TagKey", "String")
			add("TagValue", "String")
		} else {
			add(*g.Name, "String")
		}
	}
	add("Currency", "String")
	return columns
}

// Names of the amounts in the order of their columns.
func amounts(query armcostmanagement.QueryDefinition) []string {
	names := []string{}
	for _, aggregation := range query.Dataset.Aggregation {
		names = append(names, *aggregation.Name)
	}
	sort.Strings(names)
	return names
}

func (g *group) add(sum *big.Rat, text string) {
	amount, ok := new(big.Rat).SetString(text)
	if !ok {
		return
	}
	sum.Add(sum, amount)
	if _, fraction, found := strings.Cut(text, "."); found {
		g.digits = max(g.digits, len(fraction))
	}
}

func (g *group) row(query armcostmanagement.QueryDefinition) []any {
	row := []any{}
	for _, name := range amounts(query) {
		sum := g.cost
		if name == "UsageQuantity" {
			sum = g.quantity
		}
		row = append(row, json.Number(sum.FloatString(g.digits)))
	}
	return append(row, g.keys...)
}

func sortedKeys(groups map[string]*group) []string {
	keys := make([]string, 0, len(groups))
	for key := range groups {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
