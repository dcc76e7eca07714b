/* Value trees: how they link, and that every bound leaves them whole. */
#include "tests/unit/unit.h"

#include "decode/value.h"
#include "decode/xlat.h"

static struct values vs;

static void start(void)
{
    ck_assert_int_eq(values_init(&vs), 0);
}

static void end(void)
{
    values_free(&vs);
}

/* Every value but the root is reached once from its parent, and the links agree. */
static void check_tree(void)
{
    uint32_t reached = 0;
    ck_assert_uint_lt(vs.open, vs.count);
    unsigned wrong = 0;
    for (uint32_t i = 0; i < vs.count; i++) {
        const struct value *v = values_at(&vs, i);
        uint32_t last = 0;
        for (uint32_t child = v->first; child > i && child < vs.count; child = values_at(&vs, child)->next) {
            wrong += values_at(&vs, child)->parent != i;
            last = child;
            reached++;
        }
        wrong += v->last != last;
        wrong += (uint64_t)v->bytes + v->length > vs.used;
    }
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_eq(reached + 1, vs.count);
}

START_TEST(trees)
{
    uint32_t a = values_add(&vs, VALUE_INT, "a", 1);
    uint32_t b = values_open(&vs, VALUE_STRUCT, "b");
    uint32_t c = values_add(&vs, VALUE_INT, "c", 2);
    values_open(&vs, VALUE_ARRAY, "d");
    values_close(&vs);
    values_close(&vs);
    uint32_t e = values_string(&vs, "e", "text", 4, VALUE_MORE);
    ck_assert_uint_eq(values_at(&vs, 0)->first, a);
    ck_assert_uint_eq(values_at(&vs, a)->next, b);
    ck_assert_uint_eq(values_at(&vs, b)->next, e);
    ck_assert_uint_eq(values_at(&vs, b)->first, c);
    ck_assert_mem_eq(vs.bytes + values_at(&vs, e)->bytes, "text", 4);
    ck_assert_uint_eq(values_at(&vs, e)->flags, VALUE_MORE);
    ck_assert_uint_eq(vs.open, 0);
    check_tree();
}
END_TEST

START_TEST(reset_forgets_all)
{
    values_open(&vs, VALUE_STRUCT, NULL);
    values_string(&vs, NULL, "abc", 3, 0);
    vs.full = true;
    values_open(&vs, VALUE_STRUCT, NULL);
    values_reset(&vs);
    ck_assert_uint_eq(vs.count, 1);
    ck_assert_uint_eq(vs.open, 0);
    ck_assert_uint_eq(values_add(&vs, VALUE_INT, NULL, 1), 1);
    values_close(&vs); /* one too many: stays at the root */
    ck_assert_uint_eq(vs.open, 0);
    check_tree();
}
END_TEST

/* At the bound: containers are marked as cut, index 0 takes what the decoder still writes, and every opening
 * is closed by its own closing. */
START_TEST(value_bound)
{
    uint32_t list = values_open(&vs, VALUE_ARRAY, "list");
    for (unsigned i = 0; i < 2 * VALUES_MAX; i++) {
        values_add(&vs, VALUE_UINT, NULL, i);
    }
    ck_assert(vs.full);
    ck_assert_uint_le(vs.count, VALUES_MAX);
    ck_assert(values_at(&vs, list)->flags & VALUE_MORE);
    ck_assert_uint_eq(values_open(&vs, VALUE_STRUCT, NULL), 0);
    values_at(&vs, values_string(&vs, "x", "abc", 3, VALUE_PATH))->number = 7;
    values_open_func(&vs, NULL, "f");
    values_word(&vs, NULL, "w");
    values_wordf(&vs, NULL, "%d", 1);
    values_note(&vs, 0, "note", 4);
    values_close(&vs);
    values_close(&vs);
    ck_assert_uint_eq(vs.open, list);
    values_close(&vs);
    ck_assert_uint_eq(vs.open, 0);
    check_tree();
}
END_TEST

START_TEST(byte_bound)
{
    char block[4096] = {0};
    unsigned kept = 0;
    for (unsigned i = 0; i < 2 * (VALUES_BYTES_MAX / sizeof(block)); i++) {
        uint32_t index = values_string(&vs, NULL, block, sizeof(block), 0);
        kept += index && values_at(&vs, index)->length == sizeof(block);
    }
    ck_assert_uint_gt(kept, 1000);
    ck_assert_uint_le(vs.used, VALUES_BYTES_MAX);
    check_tree();
    values_reset(&vs);
    ck_assert_uint_eq(values_reserve(&vs, SIZE_MAX), 0);
    ck_assert_uint_eq(values_reserve(&vs, (size_t)UINT32_MAX + 1), 0);
    values_reset(&vs);
    ck_assert_uint_ne(values_copy(&vs, "x", 1), 0);
    check_tree();
}
END_TEST

START_TEST(reserve_and_trim)
{
    uint32_t first = values_copy(&vs, "keep", 4);
    uint32_t offset = values_reserve(&vs, 5000);
    ck_assert_uint_ne(offset, 0);
    memset(vs.bytes + offset, 'x', 5000);
    ck_assert_mem_eq(vs.bytes + first, "keep", 4);
    values_trim(&vs, offset + 3);
    ck_assert_uint_eq(vs.used, offset + 3);
    values_trim(&vs, 0); /* no reservation: nothing to give back */
    ck_assert_uint_eq(vs.used, offset + 3);
    ck_assert_uint_ne(values_reserve(&vs, 0), 0);
}
END_TEST

START_TEST(formatted_words_are_bounded)
{
    char huge[1000];
    memset(huge, 'a', sizeof(huge) - 1);
    huge[sizeof(huge) - 1] = 0;
    uint32_t index = values_wordf(&vs, NULL, "%s", huge);
    ck_assert_uint_eq(values_at(&vs, index)->length, 255);
    index = values_wordf(&vs, NULL, "%d", -5);
    ck_assert_uint_eq(values_at(&vs, index)->length, 2);
    ck_assert_mem_eq(vs.bytes + values_at(&vs, index)->bytes, "-5", 2);
}
END_TEST

XLAT(some, "?", X(1), {4, "four"}, {0, "zero"});
XLAT_ORDERED(many, "?", {1, "one"}, {5, "five"}, {5000000000, "large"}, {UINT64_MAX, "all"});

START_TEST(tables)
{
    ck_assert_str_eq(xlat_name(&xlat_some, 4), "four");
    ck_assert_str_eq(xlat_name(&xlat_some, 0), "zero");
    ck_assert_ptr_null(xlat_name(&xlat_some, 5));
    ck_assert_str_eq(xlat_name(&xlat_many, 1), "one");
    ck_assert_str_eq(xlat_name(&xlat_many, 5000000000), "large");
    ck_assert_str_eq(xlat_name(&xlat_many, UINT64_MAX), "all");
    ck_assert_ptr_null(xlat_name(&xlat_many, 0));
    ck_assert_ptr_null(xlat_name(&xlat_many, 2));
    ck_assert_ptr_null(xlat_name(&xlat_many, UINT64_MAX - 1));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("value");
    TCase *tc = tcase_create("values");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, trees);
    tcase_add_test(tc, reset_forgets_all);
    tcase_add_test(tc, value_bound);
    tcase_add_test(tc, byte_bound);
    tcase_add_test(tc, reserve_and_trim);
    tcase_add_test(tc, formatted_words_are_bounded);
    tcase_add_test(tc, tables);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
