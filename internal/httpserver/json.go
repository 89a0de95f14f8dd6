package httpserver

import (
	"encoding/json"
	"net/http"
)

// JSON answers the script of a page, such as autosave.
func JSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the visitor left: nothing to do
	return nil
}
