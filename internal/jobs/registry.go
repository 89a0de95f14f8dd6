package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Registry is the list of what can be run. It is filled at the start, by each
// feature's jobs.go.
type Registry struct {
	workers  *river.Workers
	handlers map[string]func(ctx context.Context, args []byte) error // by kind, for Drain
	ticks    []tick                                                  // in the order of registration
	err      error                                                   // what was registered wrongly; Start and Drain return it
}

type tick struct {
	name     string
	interval time.Duration
	fn       func(ctx context.Context) error
}

// tickArgs is the one kind of all recurring work.
type tickArgs struct {
	Name string `json:"name" river:"unique"`
}

func (tickArgs) Kind() string { return "periodic" }

// NewRegistry returns an empty registry.
func NewRegistry() *Registry {
	reg := &Registry{workers: river.NewWorkers(), handlers: map[string]func(context.Context, []byte) error{}}
	Handle(reg, func(ctx context.Context, args tickArgs) error {
		for _, t := range reg.ticks {
			if t.name == args.Name {
				return t.fn(ctx)
			}
		}
		return river.JobCancel(fmt.Errorf("no recurring job %q in this binary", args.Name))
	})
	return reg
}

// Handle registers fn for jobs with arguments of type T. fn must be idempotent;
// a failed job is tried again after 1 s, 16 s, 81 s … for three weeks. Two
// handlers of one kind are an error at Start.
func Handle[T river.JobArgs](reg *Registry, fn func(ctx context.Context, args T) error) {
	var zero T
	kind := zero.Kind()
	err := river.AddWorkerSafely(reg.workers, river.WorkFunc(func(ctx context.Context, job *river.Job[T]) error {
		return fn(ctx, job.Args)
	}))
	if err != nil {
		reg.err = errors.Join(reg.err, err)
		return
	}
	reg.handlers[kind] = func(ctx context.Context, encoded []byte) error {
		var args T
		if err := json.Unmarshal(encoded, &args); err != nil {
			return err
		}
		return fn(ctx, args)
	}
}

// Every registers fn to run soon after the start and then at every interval, on
// one replica at a time. A failed run is not repeated before its next turn. Two
// of one name are an error at Start.
func Every(reg *Registry, name string, interval time.Duration, fn func(ctx context.Context) error) {
	if name == "" || interval < time.Second {
		reg.err = errors.Join(reg.err, fmt.Errorf("recurring job %q every %s: needs a name and at least a second", name, interval))
		return
	}
	for _, t := range reg.ticks {
		if t.name == name {
			reg.err = errors.Join(reg.err, fmt.Errorf("recurring job %q is registered twice", name))
			return
		}
	}
	reg.ticks = append(reg.ticks, tick{name, interval, fn})
}

func (reg *Registry) periodic() []*river.PeriodicJob {
	jobs := make([]*river.PeriodicJob, 0, len(reg.ticks))
	for _, t := range reg.ticks {
		jobs = append(jobs, river.NewPeriodicJob(river.PeriodicInterval(t.interval), func() (river.JobArgs, *river.InsertOpts) {
			return tickArgs{t.name}, &river.InsertOpts{Queue: periodicQueue, MaxAttempts: 1, UniqueOpts: unfinished()}
		}, &river.PeriodicJobOpts{RunOnStart: true}))
	}
	return jobs
}

// unfinished lets no second run of a name wait while one waits or runs.
func unfinished() river.UniqueOpts {
	return river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}
}
