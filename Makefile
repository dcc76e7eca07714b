# proctor: make, make check, make demo; see README.md.
VERSION := 0.1.0
BUILD ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-declarations -Wformat=2 -Werror
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -DPROCTOR_VERSION='"$(VERSION)"' -I. -MMD -MP $(WARNINGS) $(CFLAGS)
LDLIBS = -lseccomp -lcap

DECODE_SOURCES := $(wildcard decode/*.c decode/*/*.c)
POLICY_SOURCES := $(wildcard policy/*.c)
LAUNCHER_SOURCES := $(wildcard launcher/*.c)
SUPERVISOR_SOURCES := $(wildcard supervisor/*.c)
SOURCES := $(DECODE_SOURCES) $(POLICY_SOURCES) $(LAUNCHER_SOURCES) $(SUPERVISOR_SOURCES)
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)

.PHONY: all
all: $(BUILD)/proctor

$(BUILD)/proctor: $(OBJECTS)
	@echo '  LINK $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC   $<'
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Unit tests: one Check program per file, linked with everything but main.
UNIT ?= *
UNIT_SOURCES := $(wildcard tests/unit/$(UNIT).c)
UNIT_PROGRAMS := $(UNIT_SOURCES:%.c=$(BUILD)/%)
LIBRARY := $(filter-out $(BUILD)/supervisor/main.o,$(OBJECTS))

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(LIBRARY)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(shell pkg-config --libs check)

.PHONY: unit
unit: $(UNIT_PROGRAMS)
	@for t in $^; do $$t || exit 1; done

.PHONY: clean
clean:
	rm -rf $(BUILD)

-include $(OBJECTS:.o=.d) $(UNIT_PROGRAMS:=.d)
.PRECIOUS: $(BUILD)/%.o
