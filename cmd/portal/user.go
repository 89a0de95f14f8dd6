package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"civilaffairs/internal/account"
	"civilaffairs/internal/app"
	"civilaffairs/internal/authz"
)

type userCreate struct {
	Username string `required:"" help:"Name to sign in with."`
	Name     string `required:"" help:"The person's name."`
	Role     string `required:"" help:"Such as admin_system or admin_security."`
	Mobile   string `help:"The person's mobile number."`
}

// Run reads the password from standard input: as a flag it would be in the list
// of processes and in the shell's history.
func (u *userCreate) Run(ctx context.Context, cfg *app.Config, log *slog.Logger, std streams) error {
	fmt.Fprint(std.err, "password: ")
	password, err := bufio.NewReader(std.in).ReadString('\n')
	if err != nil && err != io.EOF {
		return fmt.Errorf("read the password: %w", err)
	}
	in := account.NewAccount{Username: u.Username, Name: u.Name, Role: authz.Role(u.Role), Mobile: u.Mobile}
	if err := app.CreateUser(ctx, *cfg, log, in, strings.TrimRight(password, "\r\n")); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "account %s made\n", u.Username)
	return nil
}
