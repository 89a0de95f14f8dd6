package app

import (
	"civilaffairs/internal/account"
	"civilaffairs/internal/httpserver"

	"github.com/go-chi/chi/v5"
)

// What the tests of the whole portal look at from outside. Nothing here leads
// around a rule: accounts are made as the command line makes them.

// Router returns the declared routes.
func (a *App) Router() *httpserver.Router { return a.site.router }

// Mux returns every route that answers, declared or not.
func (a *App) Mux() *chi.Mux { return a.site.mux }

// Accounts makes the accounts of offices.
func (a *App) Accounts() *account.Service { return a.services.accounts }
