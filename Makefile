# pyrolua: `make help` lists what can be made.

B ?= build
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
OBJCOPY ?= objcopy
OPT ?= -O2 -g
SAN ?=
WERROR ?=
FUZZ_SECONDS ?= 30

# --- what is needed, and where it is ---

PKG := pkg-config
LUA_PC := $(firstword $(foreach n,lua5.4 lua-5.4 lua54,$(shell $(PKG) --exists $(n) 2>/dev/null && echo $(n))))
MSGPACK_PC := $(firstword $(foreach n,msgpack msgpack-c,$(shell $(PKG) --exists $(n) 2>/dev/null && echo $(n))))
LUA_CFLAGS = $(shell $(PKG) --cflags $(LUA_PC))
LUA_LIBS = $(shell $(PKG) --libs $(LUA_PC))
LIBS = $(shell $(PKG) --libs libuv $(MSGPACK_PC) libpcre2-8 json-c zlib nettle) -lm
LUA := lua5.4
ARGPARSE := $(firstword $(wildcard /usr/share/lua/5.4/argparse.lua /usr/local/share/lua/5.4/argparse.lua))

# CI sets WERROR=1; who builds with another compiler is told, and goes on.
WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wpedantic $(if $(WERROR),-Werror)
# Where long has 32 bits, files and times have 64 all the same, as they have in libuv.
DEFINES := -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
# What makes mistakes harder to exploit. Checks of buffers need optimization, and hide from sanitizers.
FORTIFY = $(if $(SAN),,$(if $(filter-out -O0,$(filter -O%,$(OPT))),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))
HARDENED = -fstack-protector-strong -fstack-clash-protection $(FORTIFY)
override LDFLAGS += -Wl,-z,relro,-z,now,-z,noexecstack $(filter --coverage,$(OPT))
# Calls of other libraries, of Lua before all, go straight there, by no stub.
override CFLAGS += -std=c11 $(DEFINES) $(WARNINGS) $(OPT) $(HARDENED) -fPIC -fno-plt -fvisibility=hidden
CPPFLAGS += -Icore -MMD -MP
SANITIZE := $(if $(SAN),-DPYRO_ASSERTIONS -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)

# All processors compile.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += --jobs=$(shell nproc)
endif
# V=1 shows the whole commands.
Q := $(if $(V),,@)

# --- sources ---

ROOMS := base value codec wire net http rpc \
  naming/registry naming/sql naming/redis naming/server naming/client \
  bind/base bind/task bind/value bind/message bind/client bind/server bind/http bind/module
CORE_C := $(foreach room,$(ROOMS),$(wildcard core/$(room)/*.c))
CORE_O := $(CORE_C:%.c=$(B)/%.o) $(B)/modules.o
EMBED_O := $(patsubst %.c,$(B)/%.o,$(wildcard core/embed/*.c))
HOST_O := $(patsubst %.c,$(B)/%.o,$(wildcard core/host/*.c))
API_FILES := $(sort $(wildcard lua/pyro/*.lua))
TOOL_FILES := $(sort $(wildcard lua/pyro/tool/*.lua))
GATEWAY_FILES := $(sort $(wildcard lua/pyro/tool/gateway/*.lua))
TOP_FILES := $(sort $(wildcard lua/pyro/tool/top/*.lua))
LUA_FILES := $(API_FILES) $(TOOL_FILES) $(GATEWAY_FILES) $(TOP_FILES)
# Programs that users run and require without "tool": `pyrolua -m pyro.naming`.
PUBLIC_TOOLS := naming nsc echoserver configuration gateway
PUBLIC_FILES := $(PUBLIC_TOOLS:%=$(B)/public/%.lua)
REFERENCE := $(B)/reference.lua
# The gateway's page, which a Lua module holds.
PAGE_FILES := $(sort $(wildcard lua/pyro/tool/gateway/page/*))
PAGE := $(B)/gateway/files.lua
LUA_MODULES := pyro=lua/pyro/init.lua \
  $(foreach f,$(filter-out lua/pyro/init.lua,$(API_FILES)),pyro.$(basename $(notdir $(f)))=$(f)) \
  $(foreach f,$(TOOL_FILES),pyro.tool.$(basename $(notdir $(f)))=$(f)) \
  $(foreach f,$(GATEWAY_FILES),pyro.tool.gateway.$(basename $(notdir $(f)))=$(f)) \
  $(foreach f,$(TOP_FILES),pyro.tool.top.$(basename $(notdir $(f)))=$(f)) \
  $(foreach f,$(PUBLIC_FILES),pyro.$(basename $(notdir $(f)))=$(f)) \
  pyro.tool.reference=$(REFERENCE) pyro.tool.gateway.files=$(PAGE) \
  argparse=$(ARGPARSE)
UNIT_C := $(wildcard spec/unit/*_test.c)
UNIT := $(UNIT_C:spec/unit/%.c=$(B)/spec/%)
TESTED_O := $(CORE_C:%.c=$(B)/tested/%.o)
FUZZ_C := $(wildcard spec/fuzz/*_fuzz.c)
# Targets whose corpus is kept bear it in each check.
REPLAYED := $(patsubst spec/fuzz/corpus/%/,$(B)/replay/%,$(wildcard spec/fuzz/corpus/*/))

.SECONDARY: # objects of tests are kept
.PHONY: all build
all: build ## build everything into build/ (the default)
build: $(B)/pyrolua $(B)/libpyrolua.a $(B)/libpyrolua.so stock

.PHONY: stock
stock: $(B)/lua/5.4/pyro/core.so ## build the module for a stock lua5.4 only

.PHONY: packages
packages:
	@test -n "$(LUA_PC)" -a -n "$(MSGPACK_PC)" || { echo "packages are missing: run 'make deps'"; exit 1; }

# What was compiled with other flags is compiled again.
FLAGS := $(CC) $(CPPFLAGS) $(filter-out -W%,$(CFLAGS)) $(SANITIZE) $(LDFLAGS)
.PHONY: always
$(B)/flags: always
	@mkdir -p $(@D)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' > $@

$(B)/%.o: %.c $(B)/flags | packages
	@mkdir -p $(@D)
	@echo '  CC $@'
	$(Q)$(CC) $(CPPFLAGS) $(LUA_CFLAGS) $(CFLAGS) $(SANITIZE) -c -o $@ $<

$(PUBLIC_FILES): Makefile
	@mkdir -p $(@D)
	@echo 'return require "pyro.tool.$(basename $(@F))"' > $@

# The text that help() shows.
$(REFERENCE): docs/api/lua.md Makefile
	@mkdir -p $(@D)
	@{ echo 'return [==['; cat $<; echo ']==]'; } > $@

$(PAGE): scripts/strings.lua $(PAGE_FILES) Makefile
	@mkdir -p $(@D)
	@$(LUA) $< $(PAGE_FILES) > $@

$(B)/modules.c: scripts/embed.lua $(LUA_FILES) $(PUBLIC_FILES) $(REFERENCE) $(PAGE) $(ARGPARSE) Makefile
	@mkdir -p $(@D)
	@echo '  GEN $@'
	$(Q)$(LUA) scripts/embed.lua $(LUA_MODULES) > $@.new
	@mv $@.new $@

$(B)/modules.o: $(B)/modules.c
	@echo '  CC $@'
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) -c -o $@ $<

# With -flto, gcc would leave here what is no machine code yet, which objcopy does not see.
NO_LTO := -flinker-output=nolto-rel
NO_LTO := $(if $(findstring -flto,$(CFLAGS) $(OPT)),$(shell \
  $(CC) $(NO_LTO) -E -x c /dev/null >/dev/null 2>&1 && echo $(NO_LTO)))

# Programs see what the header has, and nothing else.
$(B)/libpyrolua.o: $(CORE_O) $(EMBED_O)
	@echo '  LD $@'
	$(Q)$(CC) -r -nostdlib $(NO_LTO) -o $@ $^
	$(Q)$(OBJCOPY) --localize-hidden --localize-symbol=luaopen_pyro_core $@

$(B)/libpyrolua.a: $(B)/libpyrolua.o
	@rm -f $@
	@echo '  AR $@'
	$(Q)$(AR) rcs $@ $^

$(B)/libpyrolua.so: $(CORE_O) $(EMBED_O) core/embed/exports.map
	@echo '  LD $@'
	$(Q)$(CC) -shared -Wl,-soname,libpyrolua.so.0 -Wl,--version-script=core/embed/exports.map \
	  $(SANITIZE) $(LDFLAGS) -o $@ $(CORE_O) $(EMBED_O) $(LIBS) $(LUA_LIBS)
	@ln -sf libpyrolua.so $@.0

# A stock lua5.4 has Lua in itself: the module must not bring another.
$(B)/lua/5.4/pyro/core.so: $(CORE_O)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) -shared $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

# All of Lua is in the host, and visible to C modules that scripts load.
$(B)/pyrolua: $(HOST_O) $(CORE_O)
	@echo '  LD $@'
	$(Q)$(CC) -pie $(SANITIZE) $(LDFLAGS) -o $@ $^ -Wl,-E -Wl,--whole-archive -l:liblua5.4.a \
	  -Wl,--no-whole-archive $(LIBS) -ldl

# --- tests ---

$(B)/tested/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	@echo '  CC $@'
	$(Q)$(CC) $(CPPFLAGS) $(LUA_CFLAGS) $(CFLAGS) $(SANITIZE) -DPYRO_TEST_MEMORY -DPYRO_ASSERTIONS -c -o $@ $<

TESTED := $(filter-out $(B)/tested/core/bind/%,$(TESTED_O))
# A scripted peer, a fake clock, injected faults.
MEANS := $(patsubst %.c,$(B)/tested/%.o,$(addprefix spec/support/,faults.c fake_clock.c scripted_peer.c))
$(MEANS): CPPFLAGS += -Ispec

$(filter-out $(B)/spec/embed%,$(UNIT)): $(B)/spec/%: spec/unit/%.c $(TESTED) $(MEANS)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) $(CPPFLAGS) -Ispec $(CFLAGS) $(SANITIZE) -DPYRO_TEST_MEMORY -o $@ $< $(TESTED) $(MEANS) $(LIBS) -lcmocka

EMBED_TESTED := $(TESTED_O) $(EMBED_O:$(B)/%=$(B)/tested/%) $(B)/modules.o

EMBED_SUPPORT := $(wildcard spec/support/embed_*.c)

$(filter $(B)/spec/embed%,$(UNIT)): $(B)/spec/%: spec/unit/%.c $(EMBED_SUPPORT) \
  $(EMBED_SUPPORT:.c=.h) $(EMBED_TESTED)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) $(CPPFLAGS) -Icore/include -Ispec $(CFLAGS) $(SANITIZE) -DPYRO_TEST_MEMORY -o $@ $< \
	  $(EMBED_SUPPORT) $(EMBED_TESTED) $(LIBS) $(LUA_LIBS) -lcmocka -pthread

# The other end of a TLS connection is OpenSSL itself.
$(B)/replay/tls $(B)/fuzz/tls_fuzz: LIBS += -lssl -lcrypto

$(B)/replay/%: spec/fuzz/%_fuzz.c spec/fuzz/replay.c $(wildcard spec/fuzz/*.h) $(TESTED)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) -o $@ $< spec/fuzz/replay.c $(TESTED) $(LIBS)

# As a program would be that has only what is installed.
EXAMPLES := $(patsubst %.c,$(B)/%,$(wildcard examples/embed/*.c)) \
  $(B)/examples/privilege-separation/privileges.so

$(B)/examples/%: examples/%.c core/include/pyrolua.h $(B)/libpyrolua.so
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(OPT) $(SANITIZE) -Icore/include $(LDFLAGS) -o $@ $< \
	  -L$(B) -lpyrolua -Wl,-rpath,$(abspath $(B))

$(B)/examples/%.so: examples/%.c
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) -shared -fPIC -std=c11 -D_GNU_SOURCE $(WARNINGS) $(OPT) $(SANITIZE) $(LUA_CFLAGS) $(LDFLAGS) -o $@ $<

BUSTED = LUA_PATH="./?.lua;;" LUA_CPATH="./$(B)/?.so;;" B=$(B) $(B)/pyrolua /usr/bin/busted -o spec/support/closing.lua

SPECS := spec/unit spec/integration spec/system spec/interop

.PHONY: test check coverage asan tsan i386 memcheck fuzz
test: deps-dev ## install what is missing, build, and pass the tests
	@$(MAKE) --no-print-directory check

check: build $(UNIT) $(EXAMPLES) $(REPLAYED) ## build and pass the tests
	$(BUSTED) $(SPECS)

asan: ## the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory check B=build/asan SAN=address,undefined OPT="-O1 -g" \
	  ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=16 UBSAN_OPTIONS=print_stacktrace=1

AXE := build/axe/node_modules/axe-core/axe.min.js
.PHONY: pictures
pictures: build $(AXE) ## make the pictures of the gateway's page in docs/pictures
	PICTURES=docs/pictures $(BUSTED) --filter "in a browser" spec/system/page_spec.lua

COVERED := 97
coverage: deps-dev ## the share of core/ that the tests run, room by room; less than COVERED percent fails
	find build/coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) --no-print-directory check B=build/coverage PATIENCE=60 \
	  OPT="-O0 -g --coverage -fprofile-update=atomic -DPYRO_ASSERTIONS -DPYRO_COVERAGE"
	gcovr --root . --object-directory build/coverage build/coverage --filter core/ --csv | \
	  $(LUA) scripts/coverage.lua $(COVERED)

# Servers in threads of their own, and libuv's threads, which resolve host names.
THREADED := embed_test embed_call_test embed_fork_test embed_log_test embed_nesting_test embed_post_test embed_reply_test \
  embed_script_test embed_value_test net_test net_listener_test net_stream_test net_work_test naming_test \
  naming_sql_test naming_sql_commit_test
tsan: build ## what uses threads, under ThreadSanitizer
	@$(MAKE) --no-print-directory B=build/tsan SAN=thread OPT="-O1 -g" \
	  $(THREADED:%=build/tsan/spec/%) build/tsan/examples/embed/gateway
	for test in $(THREADED); do build/tsan/spec/$$test || exit 1; done
	PYROLUA=$(B)/pyrolua $(subst B=$(B) ,B=build/tsan ,$(BUSTED)) spec/system/gateway_spec.lua

i386: deps-package ## build, and pass unit and integration tests, where programs have 32 bits
	scripts/i386 timeout 1800 make WERROR=$(WERROR) SPECS="spec/unit spec/integration" check

VALGRIND := valgrind -q --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --error-exitcode=99
memcheck: build $(UNIT) $(EXAMPLES) ## unit programs, the tutorial and attacks under Valgrind
	for test in $(UNIT); do SAMPLE=41 $(VALGRIND) $$test || exit 1; done
	PATIENCE=120 PYROLUA="$(VALGRIND) $(B)/pyrolua" $(BUSTED) $(addprefix spec/system/,tutorial_spec.lua \
	  naming_spec.lua attack_spec.lua)

fuzz: $(FUZZ_C:spec/fuzz/%.c=$(B)/fuzz/%) ## run each fuzz target for FUZZ_SECONDS
	$(LUA) spec/fuzz/corpus.lua spec/unit/pickle_golden.h $(B)/fuzz/pickle_corpus
	for target in $^; do corpus=$${target%_fuzz}_corpus; kept=spec/fuzz/corpus/$$(basename $${target%_fuzz}); \
	  mkdir -p $$corpus; [ -d $$kept ] || kept=; \
	  $$target $$corpus $$kept -max_total_time=$(FUZZ_SECONDS) -timeout=10 -entropic=0 || exit 1; done

FUZZED_O := $(patsubst %.c,$(B)/fuzz/%.o,$(filter-out core/bind/%,$(CORE_C)))
FUZZING = clang -g -O1 -std=c11 $(DEFINES) -DPYRO_ASSERTIONS -Icore -MMD -MP -fsanitize=address,undefined \
  -fno-sanitize-recover=all
$(B)/fuzz/core/%.o: core/%.c
	@mkdir -p $(@D)
	@echo '  CC $@'
	$(Q)$(FUZZING) -fsanitize=fuzzer-no-link -c -o $@ $<

$(B)/fuzz/%_fuzz: spec/fuzz/%_fuzz.c $(wildcard spec/fuzz/*.h) $(FUZZED_O)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(FUZZING) -fsanitize=fuzzer -o $@ $< $(FUZZED_O) $(LIBS)

# --- benchmarks ---

BENCH := $(patsubst %,$(B)/bench/%,floor_server floor_client floor_tls_server floor_tls_client floor_sql \
  floor_sql_server floor_http codecs.so certificates/ca.pem)
# Ten thousand connections are as many files.
BENCHMARK = ulimit -n "$$(ulimit -H -n)"; LUA_PATH="./?.lua;;" B=$(B) $(LUA) spec/bench/bench.lua

.PHONY: bench bench-quick bench-deps
bench: build $(BENCH) ## measure pyrolua beside its peers, and make docs/performance.md of it
	$(BENCHMARK) write

bench-quick: build $(BENCH) ## the same in less than a minute: shorter runs, smaller numbers
	$(BENCHMARK) quick

bench-deps: ## install the peers that benchmarks compare with
	@scripts/deps build test bench

$(B)/bench/floor_tls_%: FLOOR_LIBS := -lssl -lcrypto
$(B)/bench/floor_sql $(B)/bench/floor_sql_server: FLOOR_LIBS := -lsqlite3
$(B)/bench/floor_http: FLOOR_LIBS := -lmicrohttpd
$(B)/bench/floor_%: spec/bench/programs/floor_%.c $(wildcard spec/bench/programs/floor*.h)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< -luv $(FLOOR_LIBS)

$(B)/bench/certificates/ca.pem: scripts/certs
	scripts/certs $(@D)

$(B)/bench/codecs.so: spec/bench/programs/codecs.c $(CORE_O)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(CC) $(CPPFLAGS) $(LUA_CFLAGS) $(CFLAGS) -shared $(LDFLAGS) -o $@ $^ $(LIBS)

# --- certificates ---

CERTS ?= certs
.PHONY: certs
certs: ## make a small authority, a server's and a client's certificate, in CERTS (certs/)
	@scripts/certs $(CERTS)

# --- demo ---

.PHONY: demo
demo: deps ## install what is missing, build, and show the warehouse with its visitors
	@$(MAKE) --no-print-directory build
	@scripts/demo $(B)/pyrolua

# --- checks of the source ---

C_FILES := $(wildcard core/*/*.[ch] core/*/*/*.[ch] spec/unit/*.[ch] spec/support/*.[ch] spec/fuzz/*.[ch] \
    spec/bench/programs/*.[ch] examples/*/*.c)
API_LUA = $(B)/pyrolua scripts/apidoc_lua.lua $(sort $(wildcard lua/meta/*.lua)) $(LUA_FILES)
API_C = $(LUA) scripts/apidoc_c.lua core/include/pyrolua.h

.PHONY: lint format conformance docs
lint: WERROR := 1
lint: build ## all checks of the source; each finding is an error
	@echo '  clang-format'
	$(Q)clang-format --dry-run -Werror $(C_FILES)
	@echo '  merge markers'
	$(Q)! git grep -nE '^(>>>>>>>|=======$$)'
	@echo '  layers'
	$(Q)$(LUA) scripts/layers.lua --objects $(B) $(C_FILES)
	@echo '  marks'
	$(Q)$(LUA) scripts/marks.lua $(filter core/include/% core/bind/% core/host/% core/embed/%,$(C_FILES))
	@echo '  internals'
	$(Q)$(LUA) scripts/internals.lua docs/internals.md $(filter core/%,$(C_FILES)) $(LUA_FILES)
	@echo '  clang-tidy'
	$(Q)printf '%s\0' $(CORE_C) $(wildcard core/embed/*.c core/host/*.c) | xargs -0 -P 2 -n 8 sh -c \
	  'clang-tidy --quiet "$$@" -- -std=c11 -D_GNU_SOURCE -DPYRO_ASSERTIONS -Icore $(LUA_CFLAGS)' tidy
	@echo '  cppcheck'
	$(Q)cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability \
	  --inline-suppr --suppress=missingIncludeSystem -DPYRO_ASSERTIONS '-DRB_GENERATE_INTERNAL(a,b,c,d,e)=' -Icore core
	@echo '  luacheck'
	$(Q)luacheck -q lua packaging scripts/*.lua spec examples
	@echo '  conformance'
	$(Q)$(BUSTED) --list $(SPECS) | $(LUA) scripts/conformance.lua --check
	@echo '  docs'
	$(Q)$(API_LUA) | diff docs/api/lua.md - && $(API_C) | diff docs/api/c.md - || \
	  { echo "run 'make docs'"; exit 1; }
	$(Q)$(B)/pyrolua scripts/settings.lua --check
	$(Q)scripts/pictures --check
	@echo '  mandoc'
	$(Q)mandoc -T lint -W warning docs/man/*.1
	@echo '  shellcheck'
	$(Q)shellcheck .ci/run packaging/boot packaging/check scripts/certs spec/support/certificates scripts/deps scripts/i386 \
	  scripts/installed scripts/demo scripts/pictures scripts/pyrolua-ns scripts/pyrolua-nsc scripts/pyrolua-gateway

conformance: build ## make docs/conformance.md of the specs' tags
	@mkdir -p docs
	$(BUSTED) --list $(SPECS) | $(LUA) scripts/conformance.lua > docs/conformance.md

docs: deps-docs conformance ## make of their sources what is generated in docs/
	@mkdir -p docs/api
	$(API_LUA) > docs/api/lua.md
	$(API_C) > docs/api/c.md
	$(B)/pyrolua scripts/settings.lua
	scripts/pictures

format: ## lay out the C source
	clang-format -i $(C_FILES)

# --- packages ---

.PHONY: deps deps-dev deps-docs deps-package
deps: ## install the packages that building needs
	@scripts/deps build

deps-dev: ## install the packages that tests and checks need
	@scripts/deps build test
	@$(MAKE) --no-print-directory $(AXE)

# The program that finds faults of the gateway's page for people with disabilities; for tests only.
$(AXE):
	npm install --silent --no-audit --no-fund --prefix build/axe axe-core@4.14.1

deps-docs: ## install the packages that 'make docs' needs
	@scripts/deps build test docs

deps-package: ## install the packages that making Debian packages needs
	@scripts/deps build package

# --- installing ---

# A distribution may want them elsewhere.
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
LUADIR ?= $(PREFIX)/share/lua/5.4
CMODDIR ?= $(PREFIX)/lib/lua/5.4
MANDIR ?= $(PREFIX)/share/man
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
UNITDIR ?= $(PREFIX)/lib/systemd/system
DATADIR ?= $(PREFIX)/share/pyrolua
DOCDIR ?= $(PREFIX)/share/doc/pyrolua
# For editors with the Lua language server: all annotations in one folder.
ANNOTATIONDIR ?= $(DATADIR)/library

VERSION := $(shell sed -n 's/^\#define PYROLUA_VERSION "\(.*\)"/\1/p' core/include/pyrolua.h)
PROGRAMS := pyrolua pyrolua-ns pyrolua-nsc pyrolua-gateway
TOOLS := certs import-dbm
SERVICES := pyrolua-ns.service pyrolua-gateway.service pyrolua@.service
COMPLETIONS := $(PROGRAMS:%=$(B)/completions/bash/%) $(PROGRAMS:%=$(B)/completions/zsh/%)
FILL_IN = sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@BINDIR@|$(BINDIR)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
  -e 's|@VERSION@|$(VERSION)|' -e 's|@REQUIRES@|$(LUA_PC) libuv libpcre2-8 json-c zlib nettle|'
PUT = install -D -m 644 -t $(DESTDIR)$1

$(COMPLETIONS): packaging/completions.lua $(B)/pyrolua
	@mkdir -p $(@D)
	$(Q)$(B)/pyrolua $< $(notdir $(@D)) $(@F) > $@

.PHONY: install install-programs install-library install-lua install-docs uninstall
install: install-programs install-library install-lua install-docs ## install to PREFIX (/usr/local), under DESTDIR
	@$(if $(DESTDIR),,scripts/installed $(PREFIX) $(BINDIR) $(LIBDIR) $(LUADIR) $(CMODDIR))

install-programs: $(B)/pyrolua $(COMPLETIONS)
	install -D -t $(DESTDIR)$(BINDIR) $(B)/pyrolua scripts/pyrolua-ns scripts/pyrolua-nsc \
	  scripts/pyrolua-gateway
	install -D -t $(DESTDIR)$(DATADIR) $(TOOLS:%=scripts/%)
	$(call PUT,$(DATADIR)) docs/grafana.json docs/alerts.yml
	$(call PUT,$(MANDIR)/man1) $(PROGRAMS:%=docs/man/%.1)
	$(call PUT,$(BASHDIR)) $(PROGRAMS:%=$(B)/completions/bash/%)
	install -d $(DESTDIR)$(ZSHDIR)
	for program in $(PROGRAMS); do \
	  install -m 644 $(B)/completions/zsh/$$program $(DESTDIR)$(ZSHDIR)/_$$program || exit 1; done
	$(call PUT,$(UNITDIR)) packaging/pyrolua-ns.socket
	for unit in $(SERVICES); do \
	  $(FILL_IN) packaging/$$unit.in > $(DESTDIR)$(UNITDIR)/$$unit || exit 1; done

install-library: $(B)/libpyrolua.a $(B)/libpyrolua.so
	$(call PUT,$(PREFIX)/include) core/include/pyrolua.h
	$(call PUT,$(LIBDIR)) $(B)/libpyrolua.a
	install -m 644 $(B)/libpyrolua.so $(DESTDIR)$(LIBDIR)/libpyrolua.so.$(VERSION)
	ln -sf libpyrolua.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libpyrolua.so.0
	ln -sf libpyrolua.so.0 $(DESTDIR)$(LIBDIR)/libpyrolua.so
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig
	$(FILL_IN) packaging/pyrolua.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/pyrolua.pc
	$(if $(DESTDIR),,ldconfig 2>/dev/null || true) # so that programs find it; as root

install-lua: $(B)/lua/5.4/pyro/core.so $(PUBLIC_FILES) $(PAGE)
	$(call PUT,$(LUADIR)/pyro) $(API_FILES) $(PUBLIC_FILES)
	$(call PUT,$(LUADIR)/pyro/tool) $(TOOL_FILES)
	$(call PUT,$(LUADIR)/pyro/tool/gateway) $(GATEWAY_FILES) $(PAGE)
	$(call PUT,$(LUADIR)/pyro/tool/top) $(TOP_FILES)
	$(call PUT,$(CMODDIR)/pyro) $(B)/lua/5.4/pyro/core.so
	$(call PUT,$(ANNOTATIONDIR)/pyro) $(API_FILES) $(PUBLIC_FILES) $(wildcard lua/meta/*.lua)
	$(call PUT,$(ANNOTATIONDIR)/pyro/tool) $(TOOL_FILES)
	$(call PUT,$(ANNOTATIONDIR)/pyro/tool/gateway) $(GATEWAY_FILES)
	$(call PUT,$(ANNOTATIONDIR)/pyro/tool/top) $(TOP_FILES)

install-docs:
	install -d $(DESTDIR)$(DOCDIR)
	cp -R --no-preserve=mode,ownership README.md docs examples $(DESTDIR)$(DOCDIR)
	rm -r $(DESTDIR)$(DOCDIR)/docs/man

# Folders that install may have made, the inner ones first. Systems have those of /usr/local itself.
WITH_PARENT = $1 $(patsubst %/,%,$(dir $1))
FOLDERS = $(DATADIR) $(MANDIR)/man1 $(call WITH_PARENT,$(BASHDIR)) $(call WITH_PARENT,$(ZSHDIR)) \
  $(call WITH_PARENT,$(UNITDIR)) $(call WITH_PARENT,$(LUADIR)) $(call WITH_PARENT,$(CMODDIR)) \
  $(patsubst %/,%,$(dir $(DOCDIR))) $(LIBDIR)/pkgconfig \
  $(if $(filter /usr /usr/local,$(PREFIX)),,$(BINDIR) $(MANDIR) $(LIBDIR) $(PREFIX)/include \
    $(PREFIX)/share $(PREFIX))

uninstall: ## remove what install put there
	rm -f $(addprefix $(DESTDIR),$(PROGRAMS:%=$(BINDIR)/%) $(PROGRAMS:%=$(MANDIR)/man1/%.1) \
	  $(PROGRAMS:%=$(BASHDIR)/%) $(PROGRAMS:%=$(ZSHDIR)/_%) $(UNITDIR)/pyrolua-ns.socket \
	  $(SERVICES:%=$(UNITDIR)/%) $(addprefix $(DATADIR)/,$(TOOLS) grafana.json alerts.yml) $(PREFIX)/include/pyrolua.h \
	  $(LIBDIR)/pkgconfig/pyrolua.pc \
	  $(addprefix $(LIBDIR)/libpyrolua.,a so so.0 so.$(VERSION)))
	rm -rf $(addprefix $(DESTDIR),$(LUADIR)/pyro $(CMODDIR)/pyro $(ANNOTATIONDIR) $(DOCDIR))
	rmdir $(addprefix $(DESTDIR),$(FOLDERS)) 2>/dev/null || true # those that are not empty stay

# --- Debian's packages ---

DEB := $(B)/deb
.PHONY: deb package-check
deb: deps-package ## make Debian packages, in build/deb
	rm -rf $(DEB)
	mkdir -p $(DEB)/pyrolua-$(VERSION)
	tar -c --exclude-vcs --exclude=./build . | tar -x -C $(DEB)/pyrolua-$(VERSION)
	cd $(DEB)/pyrolua-$(VERSION) && env -u MAKEFLAGS dpkg-buildpackage -us -uc -b -j$(shell nproc)

package-check: build deb ## check these packages: the tutorial where only they are installed, and their services
	packaging/check $(DEB) env $(BUSTED)

.PHONY: clean help
clean: ## remove what was built
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

-include $(shell find $(B) -name '*.d' 2>/dev/null)
