/* A target that is new for each test: start and end are the checked fixture of its test case. */
#ifndef PROCTOR_TESTS_UNIT_FRESH_TARGET_H
#define PROCTOR_TESTS_UNIT_FRESH_TARGET_H

#include "tests/unit/unit.h"

static struct unit_target target;

static void start(void)
{
    unit_start(&target);
}

static void end(void)
{
    unit_end(&target);
}

#endif
