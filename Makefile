# proctor: make, make check, make demo; see README.md.
VERSION := 0.1.0
BUILD ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-declarations -Wformat=2 -Werror
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -DPROCTOR_VERSION='"$(VERSION)"' -I. -MMD -MP -pthread $(WARNINGS) $(CFLAGS)
LDLIBS = -lseccomp -lcap -lfyaml $(UNWIND_LDLIBS) -pthread

# Results by BPF need clang, bpftool and libbpf to build: make BPF=0 leaves them out.
BPF ?= 1
ifeq ($(BPF),1)
ALL_CFLAGS += -DPROCTOR_BPF -isystem $(BUILD)/bpf
endif

# Stack traces need libdw of elfutils: make UNWIND=0 leaves them out.
UNWIND ?= 1
ifeq ($(UNWIND),1)
UNWIND_CFLAGS := -DPROCTOR_UNWIND
ALL_CFLAGS += $(UNWIND_CFLAGS)
UNWIND_LDLIBS := -ldw -lelf
endif

PREFIX ?= /usr/local
DESTDIR ?=

DECODE_SOURCES := $(wildcard decode/*.c decode/*/*.c)
POLICY_SOURCES := $(wildcard policy/*.c)
LAUNCHER_SOURCES := $(wildcard launcher/*.c)
UNWIND_SOURCES := $(wildcard supervisor/unwind/*.c)
SUPERVISOR_SOURCES := $(wildcard supervisor/*.c) $(UNWIND_SOURCES)
SOURCES := $(DECODE_SOURCES) $(POLICY_SOURCES) $(LAUNCHER_SOURCES) $(SUPERVISOR_SOURCES)
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)

.PHONY: all
all: $(BUILD)/proctor

$(BUILD)/proctor: $(OBJECTS)
	@echo '  LINK $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LDLIBS)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo '  CC   $<'
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<

# The BPF program, and the C header that holds it and loads it: a light skeleton, which lets the kernel adapt the
# program to itself. To do that in user space, libbpf would read five megabytes of types at each start.
BPF_CLANG ?= clang
BPFTOOL ?= $(or $(shell PATH=$$PATH:/usr/sbin:/sbin command -v bpftool),bpftool)
$(BUILD)/bpf/%.bpf.o: supervisor/bpf/%.bpf.c $(wildcard supervisor/bpf/*.h) decode/extent.h $(BUILD)/flags
	@mkdir -p $(@D)
	@echo '  BPF  $<'
	@$(BPF_CLANG) -O2 -g -Wall -Werror -target bpf -mcpu=v3 -I. -c -o $@ $<

$(BUILD)/bpf/%.skel.h: $(BUILD)/bpf/%.bpf.o
	@$(BPFTOOL) gen skeleton -L $< name $*_bpf >$@.new && mv $@.new $@

ifeq ($(BPF),1)
$(BUILD)/supervisor/results_bpf.o: $(BUILD)/bpf/exits.skel.h
$(BUILD)/supervisor/registers_bpf.o: $(BUILD)/bpf/registers.skel.h
endif

# Who walks stacks asks for a frame's registers (dwfl_frame_reg), which is that new.
ELFUTILS := 0.188
ifeq ($(UNWIND),1)
$(UNWIND_SOURCES:%.c=$(BUILD)/%.o): | $(BUILD)/elfutils
endif
$(BUILD)/elfutils: $(BUILD)/flags
	@pkg-config --atleast-version=$(ELFUTILS) libdw || { \
		echo 'stack traces need libdw of elfutils $(ELFUTILS) or newer: make UNWIND=0 builds without them' >&2; exit 1; }
	@touch $@

# Changes when the compiler or its flags do, and everything is built anew.
FLAGS := $(CC) $(ALL_CFLAGS) $(LDFLAGS) $(LDLIBS)
.PHONY: FORCE
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@test "$$(cat $@ 2>/dev/null)" = '$(subst ','\'',$(FLAGS))' || echo '$(subst ','\'',$(FLAGS))' >$@

# Unit tests: one Check program per file, with what it needs of the rest.
UNIT ?= *
UNIT_SOURCES := $(wildcard tests/unit/$(UNIT).c)
UNIT_PROGRAMS := $(UNIT_SOURCES:%.c=$(BUILD)/%)
# A test takes from the archive what it needs: to link each with everything takes longer than to compile them.
LIBRARY := $(BUILD)/library.a
$(LIBRARY): $(filter-out $(BUILD)/supervisor/main.o,$(OBJECTS))
	@rm -f $@ && $(AR) rcsT $@ $^

CHECK_LIBS = $(shell pkg-config --libs check)
$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(LIBRARY)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(CHECK_LIBS)

.PHONY: unit
unit: $(UNIT_PROGRAMS)
	@for t in $^; do CK_DEFAULT_TIMEOUT=60 $$t || exit 1; done

# What the integration tests trace. Never sanitized: they are the targets, not the tool.
TARGET_SOURCES := $(wildcard tests/programs/*.c)
GO_SOURCES := $(if $(shell command -v go),$(wildcard tests/programs/*.go))
TARGETS := $(TARGET_SOURCES:%.c=$(BUILD)/%) $(GO_SOURCES:%.go=$(BUILD)/%)

$(BUILD)/tests/programs/%: tests/programs/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo '  CC   $<'
	@$(CC) -std=gnu11 -D_GNU_SOURCE -I. -MMD -MP -O1 -g $(WARNINGS) -pthread -o $@ $<

# Programs without a C library.
FREESTANDING := -O1 -g -static -fno-pie -nostdlib -fno-stack-protector -fno-builtin -fcf-protection=none
$(BUILD)/tests/programs/family_%: tests/programs/family_%.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo '  CC   $<'
	@$(CC) -std=gnu11 -D_GNU_SOURCE -I. -MMD -MP $(FREESTANDING) $(WARNINGS) -o $@ $<

# Not every compiler makes 32-bit programs.
FAMILIES_32 := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/programs/family_*i386.c))
$(FAMILIES_32): $(BUILD)/%: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo '  CC   $<'
	@if echo '#include <sys/socket.h>' | $(CC) -m32 -fsyntax-only -x c - 2>/dev/null; then \
		$(CC) -std=gnu11 -D_GNU_SOURCE -I. -MMD -MP $(FREESTANDING) -m32 $(WARNINGS) -o $@ $<; fi

$(BUILD)/tests/programs/%: tests/programs/%.go
	@mkdir -p $(@D)
	@echo '  GO   $<'
	@CGO_ENABLED=0 GO111MODULE=off GOCACHE=$${GOCACHE:-$(abspath build/go-cache)} go build -o $@ $<

# make check SUITES=integration, make test TESTS='*signals*'
SUITES ?= unit integration diff
TESTS ?= *

.PHONY: test
test: $(BUILD)/proctor $(UNIT_PROGRAMS) $(TARGETS)
	@BUILD=$(BUILD) TESTS='$(TESTS)' tests/run $(SUITES)

# The packages are looked for before make reads the rest: what is installed changes what there is to build.
.PHONY: check
check:
	@tests/deps install build test
	@$(MAKE) --no-print-directory test

.PHONY: demo
demo:
	@tests/deps install build
	@$(MAKE) --no-print-directory
	@tests/demo $(BUILD)/proctor

.PHONY: asan
asan:
	@tests/deps install build test
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SUITES='unit integration' test \
		CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'

.PHONY: deps
deps:
	@tests/deps print

# make fuzz FUZZ_SECONDS=600: every libFuzzer target for that long, with address and undefined-behaviour checks.
# What is found is left in build/fuzz/; what was found stays in tests/fuzz/corpus/, which `make unit` replays.
FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_FLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

FUZZED := $(DECODE_SOURCES) $(POLICY_SOURCES) $(UNWIND_SOURCES) supervisor/target.c
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(FUZZED:%.c=$(BUILD)/%.o)
	@echo '  LINK $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $(filter %.o,$^) -lfyaml $(UNWIND_LDLIBS)

.PHONY: fuzz fuzzers
fuzzers: $(FUZZERS)
fuzz:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz CC=clang CFLAGS='$(FUZZ_FLAGS)' fuzzers
	@tests/fuzz/run $(BUILD)/fuzz $(FUZZ_SECONDS)

.PHONY: bench
bench: $(BUILD)/proctor
	@BUILD=$(BUILD) tests/bench/run

# Lint: a stamp per source, redone when its object is. The analyzer follows a function for a fifth of the states it
# would by itself: nearly all of the time goes into them.
TIDY_LIMIT := -Xclang -analyzer-config -Xclang max-nodes=50000
TIDY := $(patsubst %.c,$(BUILD)/lint/%.tidy,$(SOURCES) $(wildcard tests/unit/*.c))

$(BUILD)/lint/%.tidy: %.c $(BUILD)/%.o .clang-tidy
	@mkdir -p $(@D)
	@echo '  TIDY $<'
	@clang-tidy --quiet $< -- -std=gnu11 -D_GNU_SOURCE -DPROCTOR_VERSION='"$(VERSION)"' -I. $(UNWIND_CFLAGS) \
		$(TIDY_LIMIT) \
		2>$@.log || { cat $@.log; exit 1; }
	@touch $@

.PHONY: tidy lint
tidy: $(TIDY)
lint:
	@tests/deps install build test lint
	@tests/lint; lint=$$?; $(MAKE) --no-print-directory -k tidy && exit $$lint

.PHONY: install
install: $(BUILD)/proctor
	install -D -m 755 $(BUILD)/proctor $(DESTDIR)$(PREFIX)/bin/proctor
	test ! -e docs/proctor.1 || install -D -m 644 docs/proctor.1 $(DESTDIR)$(PREFIX)/share/man/man1/proctor.1
	test ! -e docs/completions/proctor.bash || install -D -m 644 docs/completions/proctor.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/proctor
	test ! -e docs/completions/_proctor || install -D -m 644 docs/completions/_proctor \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_proctor
	test ! -e docs/completions/proctor.fish || install -D -m 644 docs/completions/proctor.fish \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/proctor.fish

.PHONY: clean
clean:
	rm -rf $(BUILD)

-include $(OBJECTS:.o=.d) $(UNIT_PROGRAMS:=.d) $(FUZZERS:=.d) $(TARGET_SOURCES:%.c=$(BUILD)/%.d)
.PRECIOUS: $(BUILD)/%.o $(BUILD)/bpf/%.bpf.o
