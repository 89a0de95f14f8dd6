// Package account owns who may sign in and as what: accounts, passwords, second
// factors, sign-in attempts, sessions, and the claims by which a person says “I
// act for this organization”. Level 3; owns the tables account,
// account_password, account_recovery_code, account_claim, account_session and
// sign_in_attempt.
//
// The rules follow 等级保护 2.0, GB/T 22239-2019, level 3 (domain §12): password
// of twelve characters and three classes, not among the last five, at most
// ninety days old for staff, changed at the first sign-in; five failures in
// fifteen minutes lock for thirty; a second factor for staff; idle and absolute
// session limits; every limit on the database's clock.
//
// It knows no organization: a claim carries the number as typed, and whoever
// confirms it says which organization it is. Nor does it know person, its
// sibling: the one who composes the program passes the function that finds or
// makes a person.
package account
