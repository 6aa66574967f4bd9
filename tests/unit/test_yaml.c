/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <math.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/yaml.h"

/* The tree as text: maps as {key: …}, lists as […], strings quoted where they
 * were, each map, list and scalar with its line. */
static void dump(struct text *t, const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR) {
        text_addf(t, node->quoted ? "'%s'@%zu" : "%s@%zu", node->text, node->line);
        return;
    }
    text_addf(t, "@%zu%c", node->line, node->kind == YAML_MAP ? '{' : '[');
    for (size_t i = 0; i < node->n; i++) {
        const struct yaml_node *item = node->items[i];
        assert_ptr_equal(item->parent, node);
        assert_int_equal(item->index, i);
        text_add(t, i ? " " : "");
        if (node->kind == YAML_MAP) {
            assert_string_equal(item->key, node->keys[i]);
            text_addf(t, "%s@%zu:", node->keys[i], node->key_lines[i]);
        } else {
            assert_null(item->key);
        }
        dump(t, item);
    }
    text_addch(t, node->kind == YAML_MAP ? '}' : ']');
}

static struct err err = ERR_INIT;

static void assert_tree(struct yaml_doc *doc, const char *expected)
{
    struct text t = TEXT_INIT;

    dump(&t, doc->root);
    assert_string_equal(t.s, expected);
    text_release(&t);
}

static void assert_parses(const char *data, const char *expected)
{
    struct yaml_doc doc;

    assert_int_equal(yaml_parse(&doc, data, strlen(data), "t.yaml", &err), 0);
    assert_faults(&err, "");
    assert_tree(&doc, expected);
    yaml_release(&doc);
}

static void assert_refuses_bytes(const char *data, size_t len, int code,
                                 const char *faults)
{
    struct yaml_doc doc;

    assert_int_equal(yaml_parse(&doc, data, len, "t.yaml", &err), code);
    assert_faults(&err, faults);
    assert_null(doc.root);
    yaml_release(&doc);
}

static void assert_refuses(const char *data, const char *faults)
{
    assert_refuses_bytes(data, strlen(data), ERR_INPUT, faults);
}

static void trees(void **state)
{
    (void)state;
    assert_parses("a: 1\nb:\n  - x\n  - 'y'\n  - \"z\"\nc: {d: e, f: []}\n",
                  "@1{a@1:1@1 b@2:@3[x@3 'y'@4 'z'@5] c@6:@6{d@6:e@6 f@6:@6[]}}");
    assert_parses("- 1\n-\n- ~\n", "@1[1@1 @2 ~@3]");
    assert_parses("a: |\n  x\n  y\nb: >\n  z\n", "@1{a@1:'x\ny\n'@1 b@4:'z\n'@4}");
    assert_parses("--- # comment\na: b\n...\n", "@2{a@2:b@2}");
    assert_parses("a: !!str 5\nb: !!int \"5\"\nc: ! 5\nd: !!map {}\ne: !!seq []\n",
                  "@1{a@1:'5'@1 b@2:5@2 c@3:'5'@3 d@4:@4{} e@5:@5[]}");
    assert_parses("a: 1\r\nb: 2\r\n", "@1{a@1:1@1 b@2:2@2}");
    assert_parses("a: 1\rb: 2\r", "@1{a@1:1@1 b@2:2@2}");
    assert_parses("\xef\xbb\xbf" "a: 1\nb: 2\n", "@1{a@1:1@1 b@2:2@2}");
    assert_parses("just text\n", "just text@1");
    assert_parses("é: \"\\u00e9 \\x41\"\n", "@1{é@1:'é A'@1}");
}

static void json(void **state)
{
    (void)state;
    assert_parses("{\"a\":1,\"b\":[true,null,\"x\\ny\"],\n\t\"c\":{\"d\":-1.5e-3}}",
                  "@1{a@1:1@1 b@1:@1[true@1 null@1 'x\ny'@1] c@2:@2{d@2:-1.5e-3@2}}");
}

/* What json.h writes comes back the same, whatever the string holds. */
static void json_round_trip(void **state)
{
    static const char nasty[] =
        "\b\f\n\r\t\x01\x1f/\\\"\x7f \xc2\x85 \xc2\x9f \xe2\x80\xa8\xe2\x80\xa9 \xef\xbb\xbf "
        "\xef\xbf\xbe \xef\xbf\xbf é \xf0\x9f\x98\x80 # : - {}[],&*!|>'%@`  ";
    struct text t = TEXT_INIT;
    struct yaml_doc doc;

    (void)state;
    for (int compact = 0; compact < 2; compact++) {
        struct json_out w = json_out(&t);
        w.compact = compact;
        text_reset(&t);
        json_map(&w, NULL);
        json_string(&w, nasty, nasty);
        json_number(&w, "n", 1e-300);
        json_end(&w);
        assert_int_equal(yaml_parse(&doc, t.s, t.len, "t.json", &err), 0);
        assert_string_equal(yaml_get_string(&doc, doc.root, nasty, NULL, true), nasty);
        assert_true(yaml_get_number(&doc, doc.root, "n", 0, 1, 0, true) == 1e-300);
        assert_int_equal(yaml_finish(&doc), 0);
        yaml_release(&doc);
    }
    assert_faults(&err, "");
    text_release(&t);
}

static void ill_formed(void **state)
{
    (void)state;
    assert_refuses("a: [1, 2\nb: 3\n",
                   "t.yaml:2: did not find expected ',' or ']' while parsing a flow "
                   "sequence that begins on line 1, expected YAML");
    assert_refuses("a: 1\n\tb: 2\n",
                   "t.yaml:2: found a tab character that violates indentation while "
                   "scanning a plain scalar that begins on line 1, expected indentation "
                   "by blanks, not tabs");
    assert_refuses("a:\n\t- 1\n",
                   "t.yaml:2: found character that cannot start any token while scanning "
                   "for the next token, expected indentation by blanks, not tabs");
    assert_refuses("a: b: c\n",
                   "t.yaml:1: mapping values are not allowed in this context, expected YAML");
    assert_refuses("a: \"x\nb: c\n",
                   "t.yaml:2: found unexpected end of stream while scanning a quoted "
                   "scalar that begins on line 1, expected YAML");
    assert_refuses("%YAML 9.9\n---\na: b\n",
                   "t.yaml:1: found incompatible YAML document, expected YAML");
    assert_refuses("a: \"\\ud800\"\n",
                   "t.yaml:1: found invalid Unicode character escape code while parsing "
                   "a quoted scalar, expected YAML");
}

static void empty(void **state)
{
    static const char *const files[] = { "", "\n\n", "# nothing\n", "---\n", "--- ~\n",
                                         "null\n", "\xef\xbb\xbf" };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(files); i++)
        assert_refuses(files[i], "t.yaml:1: is empty, expected YAML");
}

static void bytes(void **state)
{
    (void)state;
    assert_refuses_bytes("a: 1\nb: \0\n", 9, ERR_INPUT,
                         "t.yaml:2: control characters are not allowed, expected YAML text");
    assert_refuses_bytes("a: 1\r\rb: \x1b\n", 10, ERR_INPUT,
                         "t.yaml:3: control characters are not allowed, expected YAML text");
    assert_refuses("a: 1\nb: M\xfcller\n",
                   "t.yaml:2: the byte 0xfc is not UTF-8, expected UTF-8 text");
    assert_refuses_bytes("\xff\xfe" "a\0:\0", 6, ERR_INPUT,
                         "t.yaml:1: is UTF-16, expected UTF-8 text");
    assert_refuses("a: 1\nb: \"x\\0y\"\n",
                   "t.yaml:2: text that holds a NUL, expected none");
    assert_refuses("\"x\\0y\": 1\n", "t.yaml:1: text that holds a NUL, expected none");
}

static void repeated_keys(void **state)
{
    (void)state;
    assert_refuses("a: 1\nb: {c: 1, d: 2,\n  c: 3}\na: 2\n\"a\": 3\n",
                   "t.yaml:3: b.c: is there again, after line 2, expected each key once\n"
                   "t.yaml:4: a: is there again, after line 1, expected each key once\n"
                   "t.yaml:5: a: is there again, after line 4, expected each key once");
    assert_refuses("l:\n  - a: 1\n    a:\n      x: 2\n",
                   "t.yaml:3: l[0].a: is there again, after line 2, expected each key once");
}

static void aliases(void **state)
{
    (void)state;
    assert_refuses("a: &x [1]\nb: *x\n",
                   "t.yaml:1: the anchor &x, expected none: misid takes no anchors and "
                   "aliases\n"
                   "t.yaml:2: the alias *x, expected none: misid takes no anchors and "
                   "aliases");
    assert_refuses("a: &x {b: *x}\n",
                   "t.yaml:1: the anchor &x, expected none: misid takes no anchors and "
                   "aliases\n"
                   "t.yaml:1: the alias *x, expected none: misid takes no anchors and "
                   "aliases");
    assert_refuses("a: &x 1\n",
                   "t.yaml:1: the anchor &x, expected none: misid takes no anchors and "
                   "aliases");
}

/* "Billion laughs": refused at the first alias, before anything grows. */
static void alias_bomb(void **state)
{
    struct text t = TEXT_INIT;
    struct yaml_doc doc;

    (void)state;
    text_add(&t, "a0: &a0 lol\n");
    for (int i = 1; i < 30; i++) {
        text_addf(&t, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            text_addf(&t, "%s*a%d", k ? ", " : "", i - 1);
        text_add(&t, "]\n");
    }
    assert_int_equal(yaml_parse(&doc, t.s, t.len, "t.yaml", &err), ERR_INPUT);
    assert_fault_says(&err, "t.yaml:2: the alias *a0, expected none");
    text_release(&t);
}

static void tags_and_documents(void **state)
{
    (void)state;
    assert_refuses("a: !!python/object/apply:os.system ['true']\n",
                   "t.yaml:1: the tag !!python/object/apply:os.system, expected none");
    assert_refuses("a: !mine 1\nb: !!map 3\nc: !!int {}\n",
                   "t.yaml:1: the tag !mine, expected none\n"
                   "t.yaml:2: the tag !!map, expected none\n"
                   "t.yaml:3: the tag !!int, expected none");
    assert_refuses("a: 1\n---\nb: 2\n",
                   "t.yaml:2: a second document, expected only one");
    assert_refuses("? [a, b]\n: 1\n",
                   "t.yaml:1: a key that is a list or a mapping, expected a name");
    assert_refuses("{a: b}: 1\n",
                   "t.yaml:1: a key that is a list or a mapping, expected a name");
    assert_refuses("\"\": 1\n", "t.yaml:1: an empty key, expected a name");
}

/* n times `open`, then `middle`, then n times `close` */
static struct text nest(int n, const char *open, const char *middle, const char *close)
{
    struct text t = TEXT_INIT;

    for (int i = 0; i < n; i++)
        text_add(&t, open);
    text_add(&t, middle);
    for (int i = 0; i < n; i++)
        text_add(&t, close);
    return t;
}

static void depth(void **state)
{
    static const int deep[] = { YAML_MAX_DEPTH + 1, 1000, 100000 };
    struct yaml_doc doc;
    struct text t = nest(YAML_MAX_DEPTH, "[", "1", "]");

    (void)state;
    assert_int_equal(yaml_parse(&doc, t.s, t.len, "t.yaml", &err), 0);
    yaml_release(&doc);
    text_release(&t);
    for (size_t i = 0; i < ARRAY_SIZE(deep); i++) {
        t = nest(deep[i], "[", "1", "]");
        assert_refuses_bytes(t.s, t.len, ERR_LIMIT,
                             "t.yaml:1: nested more than the 64 levels deep allowed");
        text_release(&t);
        t = nest(deep[i], "{a: ", "1", "}");
        assert_refuses_bytes(t.s, t.len, ERR_LIMIT,
                             "t.yaml:1: nested more than the 64 levels deep allowed");
        text_release(&t);
        t = nest(deep[i], "- ", "1", "");
        assert_refuses_bytes(t.s, t.len, ERR_LIMIT,
                             "t.yaml:1: nested more than the 64 levels deep allowed");
        text_release(&t);
    }
}

static void too_many_nodes(void **state)
{
    struct text t = TEXT_INIT;

    (void)state;
    text_add(&t, "a:\n");
    for (int i = 0; i < YAML_MAX_NODES; i++)
        text_add(&t, "- \n");
    assert_refuses_bytes(t.s, t.len, ERR_LIMIT,
                         "t.yaml:200000: more than the 200000 values allowed");
    text_release(&t);
}

/* As many keys as there may be: every one looked up, none known. In good time
 * only if neither is linear in their number. */
static void many_keys(void **state)
{
    struct text t = TEXT_INIT;
    struct yaml_doc doc;
    char key[32];

    (void)state;
    for (int i = 0; i < YAML_MAX_NODES - 1; i++)
        text_addf(&t, "key%d: %d\n", i * 7919 % (YAML_MAX_NODES - 1), i);
    assert_int_equal(yaml_parse(&doc, t.s, t.len, "t.yaml", &err), 0);
    for (int i = 0; i < YAML_MAX_NODES - 1; i += 2) {
        snprintf(key, sizeof key, "key%d", i);
        assert_non_null(yaml_get(&doc, doc.root, key, true));
        snprintf(key, sizeof key, "none%d", i);
        assert_null(yaml_get(&doc, doc.root, key, false));
    }
    assert_int_equal(yaml_finish(&doc), ERR_INPUT);
    assert_int_equal(err.count, (YAML_MAX_NODES - 1) / 2);
    err_release(&err);
    yaml_release(&doc);
    text_release(&t);
}

/* All alike, deep down, below long names. */
static void many_repeated_keys(void **state)
{
    struct text t = TEXT_INIT;
    struct yaml_doc doc;

    (void)state;
    for (int i = 0; i < YAML_MAX_DEPTH - 1; i++)
        text_addf(&t, "{%01000d: ", i);
    text_add(&t, "{");
    for (int i = 0; i < 100000; i++)
        text_add(&t, "a: 1,\n");
    text_add(&t, "}");
    for (int i = 0; i < YAML_MAX_DEPTH - 1; i++)
        text_add(&t, "}");
    assert_int_equal(yaml_parse(&doc, t.s, t.len, "t.yaml", &err), ERR_INPUT);
    assert_int_equal(err.count, 99999);
    assert_true(err.len < 1000000);
    err_release(&err);
    text_release(&t);
}

static void huge(void **state)
{
    size_t len = YAML_MAX_BYTES;
    char *s = mem_alloc(len + 2);
    struct yaml_doc doc;

    (void)state;
    memset(s, 'x', len + 1);
    assert_int_equal(yaml_parse(&doc, s, len, "t.yaml", &err), 0);
    assert_int_equal(strlen(doc.root->text), len);
    yaml_fault(&doc, doc.root, NULL, "is not wanted");
    assert_int_equal(yaml_get_int(&doc, doc.root, "a", 0, 1, 7, true), 7);
    assert_faults(&err, "t.yaml:1: is not wanted\n"
                        "t.yaml:1: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                        "..., expected a mapping");
    yaml_release(&doc);
    assert_refuses_bytes(s, len + 1, ERR_LIMIT,
                         "t.yaml:1: 8388609 bytes, more than the 8388608 allowed");
    free(s);
}

static void not_files(void **state)
{
    struct yaml_doc doc;
    char *folder = test_folder(), *path = path_join(folder, "f");

    (void)state;
    assert_int_equal(yaml_load(&doc, "/no/such.yaml", &err), ERR_IO);
    assert_faults(&err, "/no/such.yaml: cannot read: No such file or directory");
    yaml_release(&doc);
    assert_int_equal(yaml_load(&doc, folder, &err), ERR_IO);
    assert_fault_says(&err, "is not a regular file");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(yaml_load(&doc, path, &err), ERR_IO);
    assert_fault_says(&err, "is not a regular file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(file_write(path, "a: 1\n", 5, &err), 0);
    assert_int_equal(yaml_load(&doc, path, &err), 0);
    assert_tree(&doc, "@1{a@1:1@1}");
    yaml_release(&doc);
    free(path);
    test_remove_folder(folder);
}

/* Parses what must parse. */
static struct yaml_doc parsed(const char *data)
{
    struct yaml_doc doc;

    assert_int_equal(yaml_parse(&doc, data, strlen(data), "t.yaml", &err), 0);
    return doc;
}

static void values(void **state)
{
    static const char *const colours[] = { "red", "green", "blue", NULL };
    struct yaml_doc doc = parsed("s: text\nq: \"5\"\nn: 0.05\ni: -3\nyes: yes\nno: false\n"
                                 "c: green\nl: [a, \"b\"]\none: x\nnil: ~\nnone:\nm: {a: 1}\n"
                                 "none_at_all: []\nempty: \"\"\nword: \"null\"\n");
    struct yaml_node *r = doc.root;
    const char **l;
    size_t n;

    (void)state;
    assert_string_equal(yaml_get_string(&doc, r, "s", NULL, true), "text");
    assert_string_equal(yaml_get_string(&doc, r, "q", NULL, true), "5");
    assert_string_equal(yaml_get_string(&doc, r, "n", NULL, true), "0.05");
    assert_string_equal(yaml_get_string(&doc, r, "empty", NULL, true), "");
    assert_string_equal(yaml_get_string(&doc, r, "word", NULL, true), "null");
    assert_string_equal(yaml_get_string(&doc, r, "nil", "default", false), "default");
    assert_string_equal(yaml_get_string(&doc, r, "none", "default", false), "default");
    assert_string_equal(yaml_get_string(&doc, r, "absent", "default", false), "default");
    assert_true(yaml_get_number(&doc, r, "n", 0, 1, 9, true) == .05);
    assert_true(yaml_get_number(&doc, r, "i", -INFINITY, INFINITY, 9, true) == -3);
    assert_true(yaml_get_number(&doc, r, "nil", 0, 1, 9, false) == 9);
    assert_int_equal(yaml_get_int(&doc, r, "i", -3, -3, 9, true), -3);
    assert_int_equal(yaml_get_int(&doc, r, "absent", 0, 1, 9, false), 9);
    assert_true(yaml_get_bool(&doc, r, "yes", false));
    assert_false(yaml_get_bool(&doc, r, "no", true));
    assert_true(yaml_get_bool(&doc, r, "absent", true));
    assert_int_equal(yaml_get_choice(&doc, r, "c", colours, true), 1);
    assert_int_equal(yaml_get_choice(&doc, r, "absent", colours, false), -1);
    l = yaml_get_strings(&doc, r, "l", &n, true);
    assert_int_equal(n, 2);
    assert_string_equal(l[1], "b");
    l = yaml_get_strings(&doc, r, "one", &n, true);
    assert_int_equal(n, 1);
    assert_string_equal(l[0], "x");
    assert_non_null(yaml_get_strings(&doc, r, "none_at_all", &n, true));
    assert_int_equal(n, 0);
    assert_null(yaml_get_strings(&doc, r, "absent", &n, false));
    assert_non_null(yaml_get_list(&doc, r, "l", true));
    assert_int_equal(yaml_get_int(&doc, yaml_get_map(&doc, r, "m", true), "a", 0, 1, 9, true), 1);
    assert_null(yaml_get(&doc, NULL, "a", true));
    assert_null(yaml_scalar(&doc, NULL));
    assert_int_equal(yaml_finish(&doc), 0);
    assert_faults(&err, "");
    yaml_release(&doc);
}

/* Every fault of a document at once, each with the default in its place. */
static void wrong_values(void **state)
{
    static const char *const colours[] = { "red", "green", NULL };
    struct yaml_doc doc = parsed(
        "q: \"5\"\n"
        "n: abc\n"
        "big: 1.5\n"
        "i: 2.0\n"
        "far: 99999999999999999999\n"
        "b: maybe\n"
        "qb: \"true\"\n"
        "c: gren\n"
        "list: [1]\n"
        "map: {x: 1}\n"
        "strings: [a, ~, [b], {c: d}]\n"
        "nil:\n"
        "deep:\n"
        "  - {}\n"
        "  - name: [x]\n");
    struct yaml_node *r = doc.root, *deep;
    size_t n;

    (void)state;
    assert_true(yaml_get_number(&doc, r, "q", -INFINITY, INFINITY, 9, true) == 9);
    assert_true(yaml_get_number(&doc, r, "n", 0, INFINITY, 9, true) == 9);
    assert_true(yaml_get_number(&doc, r, "big", 0, 1, 9, true) == 9);
    assert_int_equal(yaml_get_int(&doc, r, "i", INT64_MIN, 5, 9, true), 9);
    assert_int_equal(yaml_get_int(&doc, r, "far", 0, 5, 9, true), 9);
    assert_true(yaml_get_bool(&doc, r, "b", true));
    assert_true(yaml_get_bool(&doc, r, "qb", true));
    assert_int_equal(yaml_get_choice(&doc, r, "c", colours, true), -1);
    assert_null(yaml_get_string(&doc, r, "list", NULL, true));
    assert_null(yaml_get_list(&doc, r, "map", true));
    assert_null(yaml_get_strings(&doc, r, "map", &n, true));
    yaml_get_strings(&doc, r, "strings", &n, true);
    assert_int_equal(n, 1);
    assert_null(yaml_get(&doc, r, "nil", true));
    deep = yaml_get_list(&doc, r, "deep", true);
    assert_null(yaml_get_string(&doc, deep->items[0], "name", NULL, true));
    assert_null(yaml_get_string(&doc, deep->items[1], "name", NULL, true));
    assert_null(yaml_get_map(&doc, r, "absent", true));
    assert_int_equal(yaml_finish(&doc), ERR_INPUT);
    assert_faults(&err,
        "t.yaml:1: q: the text \"5\", expected a number\n"
        "t.yaml:2: n: abc, expected a number, 0 or more\n"
        "t.yaml:3: big: 1.5, expected a number from 0 to 1\n"
        "t.yaml:4: i: 2.0, expected a whole number, 5 or less\n"
        "t.yaml:5: far: 99999999999999999999, expected a whole number from 0 to 5\n"
        "t.yaml:6: b: maybe, expected true or false\n"
        "t.yaml:7: qb: the text \"true\", expected true or false\n"
        "t.yaml:8: c: gren, expected one of red, green\n"
        "t.yaml:9: list: a list, expected text\n"
        "t.yaml:10: map: a mapping, expected a list\n"
        "t.yaml:10: map: a mapping, expected text or a list of it\n"
        "t.yaml:11: strings[1]: empty, expected text\n"
        "t.yaml:11: strings[2]: a list, expected text\n"
        "t.yaml:11: strings[3]: a mapping, expected text\n"
        "t.yaml:12: nil: is empty, expected a value\n"
        "t.yaml:14: deep[0].name: is missing, expected text\n"
        "t.yaml:15: deep[1].name: a list, expected text\n"
        "t.yaml:1: absent: is missing, expected a mapping");
    yaml_release(&doc);
}

static void unknown_keys(void **state)
{
    struct yaml_doc doc = parsed(
        "naem: x\n"
        "size: 1\n"
        "sub: {other: {deep: 1}, size: 2}\n"
        "opaque: {a: {b: c}}\n"
        "list: [1, {k: 2}]\n");
    struct yaml_node *r = doc.root, *sub;

    (void)state;
    yaml_get_string(&doc, r, "name", NULL, false);
    yaml_get_string(&doc, r, "name", NULL, false);
    yaml_get_int(&doc, r, "size", 0, 9, 0, false);
    yaml_get_list(&doc, r, "list", true);
    sub = yaml_get_map(&doc, r, "sub", false);
    yaml_get_int(&doc, sub, "size", 0, 9, 0, false);
    yaml_ignore(yaml_get(&doc, r, "opaque", true));
    yaml_ignore(NULL);
    assert_int_equal(yaml_finish(&doc), ERR_INPUT);
    assert_faults(&err,
        "t.yaml:1: naem: unknown key, expected one of name, list, size, sub, opaque\n"
        "t.yaml:3: sub.other: unknown key, expected one of size\n"
        "t.yaml:5: list[1].k: unknown key, expected none");
    yaml_release(&doc);
}

/* A list where a mapping is wanted is one fault, not one for every key. */
static void not_a_mapping(void **state)
{
    struct yaml_doc doc = parsed("- 1\n- {a: b}\n");

    (void)state;
    yaml_get_string(&doc, doc.root, "name", NULL, true);
    yaml_get_string(&doc, doc.root, "size", NULL, true);
    assert_int_equal(yaml_finish(&doc), ERR_INPUT);
    assert_faults(&err, "t.yaml:1: a list, expected a mapping");
    yaml_release(&doc);
}

static void hostile_names(void **state)
{
    struct yaml_doc doc = parsed("\"a\\nt.yaml:9: forged\": 1\n\"\\e[2Jx\": 2\n");

    (void)state;
    assert_int_equal(yaml_finish(&doc), ERR_INPUT);
    assert_faults(&err,
        "t.yaml:1: a\\x0at.yaml:9: forged: unknown key, expected none\n"
        "t.yaml:2: \\x1b[2Jx: unknown key, expected none");
    yaml_release(&doc);
}

static void setting(void **state)
{
    struct yaml_doc doc = parsed("a: {b: 1}\nl: [x, {y: 1}]\nnil:\n");

    (void)state;
    assert_int_equal(yaml_set(&doc, "a.b=two words = fine"), 0);
    assert_int_equal(yaml_set(&doc, "a.c=3"), 0);
    assert_int_equal(yaml_set(&doc, "l.0=[1, {p: q}]"), 0);
    assert_int_equal(yaml_set(&doc, "l.1.y=\"5\""), 0);
    assert_int_equal(yaml_set(&doc, "nil.x.y=z"), 0);
    assert_int_equal(yaml_set(&doc, "new.deep="), 0);
    assert_faults(&err, "");
    assert_tree(&doc,
        "@1{a@1:@1{b@1:two words = fine@0 c@0:3@0} l@2:@2[@0[1@0 @0{p@0:q@0}] @2{y@2:'5'@0}] "
        "nil@3:@0{x@0:@0{y@0:z@0}} new@0:@0{deep@0:@0}}");
    struct yaml_node *a = yaml_get_map(&doc, doc.root, "a", true);
    assert_int_equal(yaml_get_int(&doc, a, "b", 0, 9, 0, true), 0);
    assert_int_equal(yaml_get_int(&doc, a, "c", 0, 9, 0, true), 3);
    assert_faults(&err, "--set a.b: a.b: two words = fine, expected a whole number from 0 to 9");
    yaml_get(&doc, doc.root, "l", true);
    yaml_get(&doc, doc.root, "nil", true);
    doc.code = 0;
    assert_int_equal(yaml_finish(&doc), ERR_INPUT);
    assert_faults(&err,
        "--set l.0: l[0][1].p: unknown key, expected none\n"
        "--set l.1.y: l[1].y: unknown key, expected none\n"
        "--set nil.x.y: nil.x: unknown key, expected none\n"
        "--set new.deep: new: unknown key, expected one of nil, a, l");
    yaml_release(&doc);
}

static void setting_fails(void **state)
{
    static const struct { const char *set, *fault; } cases[] = {
        { "a", "--set a: has no value, expected KEY=VALUE" },
        { "=1", "--set : an empty name in the path, expected KEY=VALUE or A.B=VALUE" },
        { "a..b=1", "--set a..b: an empty name in the path, expected KEY=VALUE or A.B=VALUE" },
        { "a.=1", "--set a.: an empty name in the path, expected KEY=VALUE or A.B=VALUE" },
        { "l.2=1", "--set l.2: l has 2 items, expected a number below that" },
        { "l.-1=1", "--set l.-1: l has 2 items, expected a number below that" },
        { "l.x=1", "--set l.x: l has 2 items, expected a number below that" },
        { "l.0.z=1", "--set l.0.z: l[0] is a single value, expected a mapping or a list" },
        { "a={b: 1, b: 2}", "--set a: a.b: is there twice, expected each key once" },
        { "a=[&x 1, *x]", "--set a: the anchor &x, expected none: misid takes no anchors and "
          "aliases\n--set a: the alias *x, expected none: misid takes no anchors and aliases" },
        { "a=[1", "--set a: did not find expected ',' or ']' while parsing a flow sequence, "
          "expected YAML" },
        { "a=\xff", "--set a: the byte 0xff is not UTF-8, expected UTF-8 text" },
    };
    struct yaml_doc doc = parsed("a: {b: 1}\nl: [x, y]\n");

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(yaml_set(&doc, cases[i].set), ERR_INPUT);
        assert_faults(&err, cases[i].fault);
    }
    assert_int_equal(doc.code, ERR_INPUT);

    struct text deep = nest(40, "a.", "a=", "");
    text_add(&deep, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[");
    assert_int_equal(yaml_set(&doc, deep.s), ERR_LIMIT);
    assert_fault_says(&err, "nested more than the 64 levels deep allowed");
    text_release(&deep);
    deep = nest(100, "n.", "n=1", "");
    assert_int_equal(yaml_set(&doc, deep.s), ERR_LIMIT);
    assert_fault_says(&err, "nested more than the 64 levels deep allowed");
    text_release(&deep);
    yaml_finish(&doc); /* walks the deep tree */
    err_release(&err);
    yaml_release(&doc);
}

/* So that a test that fails leaves nothing to the next. */
static int forget_faults(void **state)
{
    (void)state;
    err_release(&err);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup(f, forget_faults)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(trees),
        TEST(json),
        TEST(json_round_trip),
        TEST(ill_formed),
        TEST(empty),
        TEST(bytes),
        TEST(repeated_keys),
        TEST(aliases),
        TEST(alias_bomb),
        TEST(tags_and_documents),
        TEST(depth),
        TEST(too_many_nodes),
        TEST(many_keys),
        TEST(many_repeated_keys),
        TEST(huge),
        TEST(not_files),
        TEST(values),
        TEST(wrong_values),
        TEST(unknown_keys),
        TEST(not_a_mapping),
        TEST(hostile_names),
        TEST(setting),
        TEST(setting_fails),
    };
    return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
