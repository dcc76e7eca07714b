/*
 * The fuzz targets over their corpus: what a fuzzer once found stays fixed, on machines without a fuzzer too.
 * The targets are included here, each under a name of its own.
 */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <stdio.h>

#define LLVMFuzzerTestOneInput fuzz_decode
#include "tests/fuzz/fuzz_decode.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_render
int fuzz_render(const uint8_t *data, size_t size);
#include "tests/fuzz/fuzz_render.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_select
int fuzz_select(const uint8_t *data, size_t size);
#include "tests/fuzz/fuzz_select.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_policy
int fuzz_policy(const uint8_t *data, size_t size);
#include "tests/fuzz/fuzz_policy.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_unwind
int fuzz_unwind(const uint8_t *data, size_t size);
#include "tests/fuzz/fuzz_unwind.c"
#undef LLVMFuzzerTestOneInput

static const struct {
    const char *corpus;
    int (*target)(const uint8_t *data, size_t size);
} targets[] = {
    {"tests/fuzz/corpus/decode", fuzz_decode}, {"tests/fuzz/corpus/policy", fuzz_policy},
    {"tests/fuzz/corpus/render", fuzz_render}, {"tests/fuzz/corpus/select", fuzz_select},
    {"tests/fuzz/corpus/unwind", fuzz_unwind},
};

static void replay(const char *directory, const char *name, int (*target)(const uint8_t *data, size_t size))
{
    static uint8_t bytes[1 << 16];
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "re");
    ck_assert_msg(file != NULL, "can't open %s", path);
    size_t n = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    (void)target(bytes, n);
}

START_TEST(corpus_is_clean)
{
    unsigned count = 0;
    DIR *directory = opendir(targets[_i].corpus);
    ck_assert_msg(directory != NULL, "no %s: run from the top of the tree", targets[_i].corpus);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] != '.') {
            replay(targets[_i].corpus, entry->d_name, targets[_i].target);
            count++;
        }
    }
    closedir(directory);
    ck_assert_uint_gt(count, 0);
}
END_TEST

/* Every call of every ABI, with each register pointing into memory of one pattern. */
START_TEST(every_call_over_a_pattern)
{
    static uint8_t bytes[32 + 4096];
    memset(bytes + 26, _i, sizeof(bytes) - 26);
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        for (unsigned id = 0; id < CALL_COUNT; id++) {
            const uint8_t head[] = {(uint8_t)abi, (uint8_t)id, (uint8_t)(id >> 8), 7, 32, 1};
            memcpy(bytes, head, sizeof(head));
            for (unsigned i = 0; i < CALL_ARGS_MAX; i++) {
                const uint8_t pointer[] = {5, (uint8_t)(i * 16), 0};
                memcpy(bytes + sizeof(head) + i * sizeof(pointer), pointer, sizeof(pointer));
            }
            (void)fuzz_decode(bytes, sizeof(bytes));
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fuzz");
    TCase *tc = tcase_create("replay");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, corpus_is_clean, 0, (int)(sizeof(targets) / sizeof(targets[0])));
    tcase_add_loop_test(tc, every_call_over_a_pattern, 0, 3);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
