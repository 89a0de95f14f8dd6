// Package once makes a repeated submission harmless: double click, back button
// and retry make one thing and get the same answer. Level 2; owns the table
// form_token.
package once

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Kept is how long a token is remembered. A form older than that asks to be
// opened again anyway: its session ended long ago.
const Kept = 90 * 24 * time.Hour

const tokenLength = 26

// NewToken returns a fresh token for the hidden field of a form: 26 characters,
// 128 random bits.
func NewToken() string { return rand.Text() }

// Do runs fn the first time that token arrives and remembers its result, in the
// caller's transaction; every later call with the token gets that result and fn
// does not run. Calls that arrive together wait for the first one. When fn
// fails, the error comes back and the caller must roll back: then the token is
// as good as new.
//
// An empty or malformed token is errs.Invalid; one that another actor has used,
// or whose first use was left unfinished, is errs.Conflict.
func Do(ctx context.Context, tx postgres.Tx, actor authz.Actor, token string, fn func() (result string, err error)) (string, error) {
	if err := check(token); err != nil {
		return "", err
	}
	// The insert waits for a running transaction with the same token; the select
	// of recall comes after it and sees what that one committed.
	tag, err := tx.Exec(ctx, `insert into form_token (token, account_id) values ($1, $2) on conflict (token) do nothing`,
		token, actor.AccountID)
	if err != nil {
		return "", err
	}
	if tag.RowsAffected() == 0 {
		return recall(ctx, tx, actor, token)
	}
	result, err := fn()
	if err != nil {
		return "", err
	}
	return result, postgres.ExecOne(ctx, tx, `update form_token set result = $2 where token = $1 and result is null`, token, result)
}

func recall(ctx context.Context, tx postgres.Tx, actor authz.Actor, token string) (string, error) {
	type use struct {
		AccountID uuid.UUID `db:"account_id"`
		Result    *string   `db:"result"`
	}
	u, err := postgres.One[use](ctx, tx, `select account_id, result from form_token where token = $1`, token)
	switch {
	case err != nil:
		return "", err
	case u.AccountID != actor.AccountID:
		return "", errs.New(errs.Conflict, "这张表是用另一个账号打开的，没有提交。请用现在的账号重新打开页面，再填写提交。")
	case u.Result == nil:
		return "", errs.New(errs.Conflict, "这张表上次没有提交完。请重新打开页面，核对后再提交。")
	}
	return *u.Result, nil
}

// check refuses what NewToken never makes, before it reaches the database.
func check(token string) error {
	switch {
	case token == "":
		return errs.New(errs.Invalid, "没有收到这张表的提交编号，可能页面没有完整载入。请重新打开页面，再提交一次。")
	case len(token) != tokenLength || strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "":
		return errs.New(errs.Invalid, "这张表的提交编号不完整或被改动过，没有提交。请重新打开页面，再提交一次。")
	}
	return nil
}

// Sweep forgets tokens older than Kept, a thousand in each transaction so that
// no lock is held for long, and returns how many there were. It is a daily job.
func Sweep(ctx context.Context, db *postgres.DB) (int64, error) {
	const batch = 1000
	var total int64
	for {
		var n int64
		err := db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
			tag, err := tx.Exec(ctx, `delete from form_token where token in
				(select token from form_token where at < $1 order by at limit $2 for update skip locked)`, now.Add(-Kept), batch)
			n = tag.RowsAffected()
			return err
		})
		total += n
		if err != nil || n < batch {
			return total, err
		}
	}
}
