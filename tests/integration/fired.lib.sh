# shellcheck shell=bash
# For tests of rules: which of them fired. Their names are in the file fired, a line each; what they said, in alerts.

expect_fired() {
    local rule
    for rule; do
        grep -qxF "$rule" fired || fail "an alert of the rule: $rule" alerts
    done
}

expect_not_fired() {
    local rule
    for rule; do
        ! grep -qxF "$rule" fired || fail "no alert of the rule: $rule" alerts
    done
}
