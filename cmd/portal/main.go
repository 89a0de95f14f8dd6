// Command portal is the portal of community social organizations: one binary
// that holds pages, assets and migrations. It turns flags and environment into
// app.Config and hands over; there is no logic here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"civilaffairs/internal/app"

	"github.com/alecthomas/kong"
)

// cli is every flag, setting and command.
type cli struct {
	app.Config `embed:""`

	Serve   serve   `cmd:"" help:"Serve the portal until it is told to stop."`
	Migrate migrate `cmd:"" help:"Bring an external database up to date, as its owner."`
	User    struct {
		Create userCreate `cmd:"" help:"Make an account: the first administrator of an installation."`
	} `cmd:"" help:"Accounts."`
	Bulk  demoData `name:"demo" cmd:"" help:"Add bulk data to a demo, for measurements; refused on a database that holds real data."`
	Audit struct {
		Verify auditVerify `cmd:"" help:"Check an audit export offline; names every altered row."`
		Export auditExport `cmd:"" help:"Write the audit trail to standard output, for audit verify."`
	} `cmd:"" help:"The audit trail."`
}

// streams are where a command reads and writes; tests give their own.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the default is back: a second one ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Environ(), streams{os.Stdin, os.Stdout, os.Stderr}))
}

// run returns the exit status: 0 done, 1 failed, 2 wrong settings or flags.
func run(ctx context.Context, args, environ []string, std streams) int {
	fail := func(status int, err error) int {
		fmt.Fprintf(std.err, "portal: %v\n", err)
		return status
	}
	if err := app.CheckEnvironment(environ); err != nil {
		return fail(2, err)
	}
	var (
		c      cli
		asked  bool // for help, which is all there is to do then
		log    = slog.New(slog.NewTextHandler(std.err, nil))
		parser = kong.Must(&c, kong.Name("portal"), kong.Description("Portal of community social organizations."),
			kong.Writers(std.out, std.err), kong.Exit(func(int) { asked = true }),
			kong.Bind(std, log), kong.BindTo(ctx, (*context.Context)(nil)))
	)
	command, err := parser.Parse(args)
	if asked {
		return 0
	}
	if err != nil {
		return fail(2, err)
	}
	c.Demo = c.Serve.Demo
	if _, err := c.Complete(); err != nil {
		return fail(2, err)
	}
	if err := command.Run(&c.Config); err != nil && !errors.Is(err, context.Canceled) {
		return fail(1, err)
	}
	return 0
}
