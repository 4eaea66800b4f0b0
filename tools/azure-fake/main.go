// The Azure that the tests of azure-cost ask: Microsoft's generated fakes of Resource Manager take requests apart and put
// answers together, so that paths, bodies and shapes are theirs; the charges behind them are posted by the tests.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log"
	"net/http"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	azfake "github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/advisor/armadvisor"
	advisorfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/advisor/armadvisor/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/costmanagement/armcostmanagement/v2"
	costfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/costmanagement/armcostmanagement/v2/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armsubscriptions"
	subscriptionsfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armsubscriptions/fake"
)

// Items on a page of Advisor and of the list of subscriptions.
const itemsOnPage = 2

type state struct {
	Charges []charge `json:"charges"`
	// Rows on a page of costs; 0 is all.
	RowsOnPage      int                                                 `json:"rowsOnPage"`
	Subscriptions   []*armsubscriptions.Subscription                    `json:"subscriptions"`
	Recommendations map[string][]*armadvisor.ResourceRecommendationBase `json:"recommendations"`
	Alerts          map[string][]*armcostmanagement.Alert               `json:"alerts"`
}

type transport interface {
	Do(*http.Request) (*http.Response, error)
}

type account struct {
	mu    sync.Mutex
	state state
}

func (a *account) current() state {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state
}

func main() {
	address := flag.String("address", "127.0.0.1:0", "where to listen, HOST:PORT")
	flag.Parse()
	a := &account{}
	http.HandleFunc("/-/state", a.take)
	http.HandleFunc("/", a.answer)
	log.Fatal(http.ListenAndServe(*address, nil))
}

func (a *account) take(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	var next state
	if err := json.NewDecoder(r.Body).Decode(&next); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a.mu.Lock()
	a.state = next
	a.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// Sends a request to the fake that it is for. The fakes are made anew for each request but where they page, for their
// paging is kept in them.
func (a *account) answer(w http.ResponseWriter, r *http.Request) {
	// Next links name the host that the client asked.
	r.URL.Scheme, r.URL.Host = "https", r.Header.Get("X-Forwarded-Host")
	path := strings.ToLower(r.URL.Path)
	switch {
	case strings.HasSuffix(path, "/providers/microsoft.costmanagement/query"):
		server := costfake.QueryServer{Usage: a.usage}
		ctx := context.WithValue(r.Context(), nextLinkKey{}, nextLink{r.URL})
		send(w, r.WithContext(ctx), "QueryClient.Usage", costfake.NewQueryServerTransport(&server))
	case strings.HasSuffix(path, "/providers/microsoft.costmanagement/alerts"):
		server := costfake.AlertsServer{List: a.alerts}
		send(w, r, "AlertsClient.List", costfake.NewAlertsServerTransport(&server))
	case strings.Contains(path, "/providers/microsoft.advisor/recommendations"):
		send(w, r, "RecommendationsClient.NewListPager", a.advisor(path))
	case path == "/subscriptions" || strings.HasPrefix(path, "/subscriptions/fake_page_"):
		send(w, r, "Client.NewListPager", a.subscriptions())
	default:
		fail(w, http.StatusNotFound, "NotFound")
	}
}

func send(w http.ResponseWriter, r *http.Request, operation string, to transport) {
	ctx := context.WithValue(r.Context(), runtime.CtxAPINameKey{}, operation)
	response, err := to.Do(r.WithContext(ctx))
	var refused *azcore.ResponseError
	if errors.As(err, &refused) {
		fail(w, refused.StatusCode, refused.ErrorCode)
		return
	}
	if err != nil {
		log.Print(err)
		fail(w, http.StatusBadRequest, "BadRequest")
		return
	}
	defer response.Body.Close()
	for name, values := range response.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(response.StatusCode)
	_, _ = io.Copy(w, response.Body)
}

func fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"code": code, "message": "refused"}})
}

func (a *account) alerts(_ context.Context, scope string, _ *armcostmanagement.AlertsClientListOptions) (answer azfake.Responder[armcostmanagement.AlertsClientListResponse], refused azfake.ErrorResponder) {
	found := armcostmanagement.AlertsResult{Value: a.current().Alerts[scope]}
	if found.Value == nil {
		found.Value = []*armcostmanagement.Alert{}
	}
	answer.SetResponse(http.StatusOK, armcostmanagement.AlertsClientListResponse{AlertsResult: found}, nil)
	return
}

// Paging state of the generated fakes, by what is listed.
var pagers sync.Map

func (a *account) advisor(path string) transport {
	id := strings.Split(path, "/")[2]
	made, _ := pagers.LoadOrStore("advisor "+id, advisorfake.NewRecommendationsServerTransport(&advisorfake.RecommendationsServer{
		NewListPager: func(options *armadvisor.RecommendationsClientListOptions) (pages azfake.PagerResponder[armadvisor.RecommendationsClientListResponse]) {
			if options == nil || options.Filter == nil || *options.Filter != "Category eq 'Cost'" {
				pages.AddResponseError(http.StatusBadRequest, "InvalidFilter")
				return
			}
			for _, page := range cut(a.current().Recommendations[id]) {
				pages.AddPage(http.StatusOK, armadvisor.RecommendationsClientListResponse{
					ResourceRecommendationBaseListResult: armadvisor.ResourceRecommendationBaseListResult{Value: page},
				}, nil)
			}
			return
		},
	}))
	return made.(transport)
}

func (a *account) subscriptions() transport {
	made, _ := pagers.LoadOrStore("subscriptions", subscriptionsfake.NewServerTransport(&subscriptionsfake.Server{
		NewListPager: func(*armsubscriptions.ClientListOptions) (pages azfake.PagerResponder[armsubscriptions.ClientListResponse]) {
			for _, page := range cut(a.current().Subscriptions) {
				pages.AddPage(http.StatusOK, armsubscriptions.ClientListResponse{
					SubscriptionListResult: armsubscriptions.SubscriptionListResult{Value: page},
				}, nil)
			}
			return
		},
	}))
	return made.(transport)
}

// Pages of a list; an empty one has one empty page.
func cut[T any](items []T) [][]T {
	pages := [][]T{}
	for len(items) > itemsOnPage {
		pages = append(pages, items[:itemsOnPage])
		items = items[itemsOnPage:]
	}
	if items == nil {
		items = []T{}
	}
	return append(pages, items)
}
