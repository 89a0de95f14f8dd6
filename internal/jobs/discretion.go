package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// discretion stands around every attempt: what River stores and logs of a
// failure tells the kind of failure, not the values that it was about.
type discretion struct {
	river.MiddlewareDefaults
	log *slog.Logger
}

// Work implements rivertype.WorkerMiddleware.
func (d *discretion) Work(ctx context.Context, job *rivertype.JobRow, inner func(context.Context) error) error {
	return d.guard(ctx, job.Kind, job.ID, job.EncodedArgs, inner)
}

// guard runs fn and makes its error or panic discreet. A panic is caught here
// because River would store its value as it is; the stack goes to the log.
func (d *discretion) guard(ctx context.Context, kind string, id int64, args []byte, fn func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
			d.log.ErrorContext(ctx, "job panicked", "kind", kind, "job", id, "stack", string(debug.Stack()))
		}
		if err != nil {
			err = &discreet{redact(err.Error(), args), err}
		}
	}()
	return fn(ctx)
}

// discreet shows a redacted text; the cause stays reachable for errors.As, by
// which River knows a cancellation.
type discreet struct {
	text  string
	cause error
}

func (e *discreet) Error() string { return e.text }
func (e *discreet) Unwrap() error { return e.cause }

// numbers are ID numbers, bank accounts and telephone numbers, wherever they
// come from: a driver's message may quote a value that is no argument.
var numbers = regexp.MustCompile(`\d(?:[ -]?\d){9,}[Xx]?`)

// redact hides from text every argument of the job and every long number.
// Arguments can be looked up by the job's id by those who may.
func redact(text string, args []byte) string {
	var v any
	if json.Unmarshal(args, &v) == nil {
		values := leaves(v, nil)
		// Longest first: a value inside another must not leave half of it behind.
		slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
		for _, value := range values {
			text = strings.ReplaceAll(text, value, "…")
		}
	}
	return numbers.ReplaceAllString(text, "…")
}

func leaves(v any, found []string) []string {
	const short = 2 // a letter or a digit hides nothing and would riddle the text
	switch v := v.(type) {
	case string:
		if len(v) >= short {
			return append(found, v)
		}
	case []any:
		for _, item := range v {
			found = leaves(item, found)
		}
	case map[string]any:
		for _, item := range v {
			found = leaves(item, found)
		}
	}
	return found
}

// complaint raises the voice when a job is given up: someone must look at it.
type complaint struct{ log *slog.Logger }

// HandleError implements river.ErrorHandler.
func (c *complaint) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	level := slog.LevelWarn
	if job.Attempt >= job.MaxAttempts {
		level = slog.LevelError
	}
	c.log.Log(ctx, level, "job failed", "kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "of", job.MaxAttempts, "error", err)
	return nil
}

// HandlePanic implements river.ErrorHandler. Only a defect of River itself
// arrives here; the value is not logged, for the reason above.
func (c *complaint) HandlePanic(ctx context.Context, job *rivertype.JobRow, _ any, trace string) *river.ErrorHandlerResult {
	c.log.ErrorContext(ctx, "job panicked", "kind", job.Kind, "job", job.ID, "stack", trace)
	return nil
}
