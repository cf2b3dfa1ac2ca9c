import { describe, expect, test } from "@odoo/hoot";

import {
    TalkLog,
    blocksOf,
    isNew,
    partsOf,
    readUpTo,
} from "@social_crm_channels/inbox/talk/talk_log";

const ME = 7;
const PLACES = {
    1: { id: 1, kind: "thread", root_id: 90, channel_id: 1 },
    2: { id: 2, kind: "direct", root_id: false, channel_id: 1 },
};

function entry(id, minute, more = {}) {
    const date = `2026-03-02 ${String(9 + Math.floor(minute / 60)).padStart(2, "0")}:${String(
        minute % 60
    ).padStart(2, "0")}:00`;
    return {
        kind: "interaction",
        id,
        key: `interaction-${id}`,
        date,
        received: date,
        direction: "in",
        place_id: 2,
        parent_id: false,
        author: { name: "Ana", user: false },
        title: "",
        body: `Words ${id}`,
        ...more,
    };
}

function page(entries, more = {}) {
    return {
        entries,
        roots: {},
        parents: {},
        places: PLACES,
        more: false,
        before: false,
        looked_at: false,
        ...more,
    };
}

function logOf(...entries) {
    const log = new TalkLog();
    log.latest(page(entries));
    return log;
}

const keys = (log) => log.entries.map((one) => one.id);
const blocks = (log) => blocksOf(log, { userId: ME, dayOf: (date) => date.slice(0, 10) });
const shape = (block) =>
    block.rows.filter((row) => row.kind === "entry").map((row) => [row.entry.id, row.depth]);

describe("pages", () => {
    test("an older page comes before, and nothing twice", () => {
        const log = new TalkLog();
        log.latest(page([entry(3, 3), entry(4, 4)], { more: true, before: "x" }));
        log.earlier(page([entry(1, 1), entry(2, 2), entry(3, 3)]));
        expect(keys(log)).toEqual([1, 2, 3, 4]);
        expect(log.more).toBe(false);
    });

    test("what comes in is added, what was read before stays, what is gone goes", () => {
        const log = new TalkLog();
        log.latest(page([entry(3, 3), entry(4, 4)], { more: true, before: "x" }));
        log.earlier(page([entry(1, 1), entry(2, 2)], { more: true, before: "y" }));
        const added = log.latest(page([entry(4, 4), entry(5, 5)], { more: true, before: "z" }));
        expect(added).toEqual(["interaction-5"]);
        expect(keys(log)).toEqual([1, 2, 3, 4, 5]);
        expect(log.before).toBe("y", { message: "going on backwards where one was" });
        log.latest(page([entry(3, 3), entry(5, 5)], { more: true, before: "z" }));
        expect(keys(log)).toEqual([1, 2, 3, 5]);
    });

    test("after a gap only the newest page holds: nothing is shown as if it were whole", () => {
        const log = logOf(entry(1, 1));
        log.latest(page([entry(60, 60), entry(61, 61)], { more: true, before: "z" }));
        expect(keys(log)).toEqual([60, 61]);
        expect([log.more, log.before]).toEqual([true, "z"]);
    });

    test("a change of what is held is taken over", () => {
        const log = logOf(entry(1, 1));
        expect(log.latest(page([entry(1, 1, { state: "hidden" })]))).toEqual([]);
        expect(log.entries[0].state).toBe("hidden");
    });
});

describe("blocks", () => {
    test("comments lie below what they answer, messages in the order of time", () => {
        const log = logOf(
            entry(1, 1, { place_id: 1, parent_id: 90 }),
            entry(2, 2, { place_id: 1, parent_id: 90 }),
            entry(3, 3, { place_id: 1, parent_id: 1, direction: "out" }),
            entry(4, 4, { place_id: 1, parent_id: 3 }),
            entry(5, 5),
            entry(6, 6)
        );
        log.roots[90] = { id: 90, key: "interaction-90", body: "Our post" };
        const [tree, stream] = blocks(log);
        expect([tree.kind, stream.kind]).toEqual(["tree", "stream"]);
        expect(tree.root.body).toBe("Our post");
        expect(shape(tree)).toEqual([[1, 0], [3, 1], [4, 2], [2, 0]]);
        expect(shape(stream)).toEqual([[5, 0], [6, 0]]);
        expect(tree.rows.some((row) => row.quote)).toBe(false);
    });

    test("a very deep talk does not leave the screen", () => {
        const chain = [1, 2, 3, 4, 5, 6].map((id) =>
            entry(id, id, { place_id: 1, parent_id: id - 1 || 90 })
        );
        expect(shape(blocks(logOf(...chain))[0]).map(([, depth]) => depth)).toEqual([
            0, 1, 2, 3, 3, 3,
        ]);
    });

    test("entries that answer each other in a ring are all shown, once", () => {
        const ring = [
            entry(1, 1, { place_id: 1, parent_id: 2 }),
            entry(2, 2, { place_id: 1, parent_id: 1 }),
        ];
        expect(shape(blocks(logOf(...ring))[0]).map(([id]) => id)).toEqual([1, 2]);
    });

    test("the post is whole once; after a private word it is only named", () => {
        const log = logOf(
            entry(1, 1, { place_id: 1 }),
            entry(2, 2),
            entry(3, 3, { place_id: 1 })
        );
        log.roots[90] = { id: 90, key: "interaction-90", body: "Our post" };
        expect(blocks(log).map((block) => block.isAgain)).toEqual([false, false, true]);
    });

    test("what is answered elsewhere is quoted, what stands right above is not", () => {
        const log = logOf(
            entry(1, 1),
            entry(2, 2),
            entry(3, 3, { direction: "out", parent_id: 2, author: { name: "Shop" } }),
            entry(4, 4, { direction: "out", parent_id: 1, author: { name: "Shop" } }),
            entry(5, 5, { parent_id: 55 })
        );
        log.parents[55] = { id: 55, said_by: "Boris", excerpt: "Long ago" };
        const rows = blocks(log)[0].rows.filter((row) => row.kind === "entry");
        expect(rows.map((row) => row.quote?.excerpt || null)).toEqual([
            null, null, null, "Words 1", "Long ago",
        ]);
    });

    test("who goes on within minutes is named once", () => {
        const log = logOf(entry(1, 1), entry(2, 3), entry(3, 30), entry(4, 31, { direction: "out" }));
        const rows = blocks(log)[0].rows.filter((row) => row.kind === "entry");
        expect(rows.map((row) => row.isFollowing)).toEqual([false, true, false, false]);
    });

    test("each day begins with a line, also within a tree only at its top", () => {
        const later = { date: "2026-03-04 08:00:00" };
        const log = logOf(
            entry(1, 1, { place_id: 1 }),
            entry(2, 2, { place_id: 1, parent_id: 1, ...later }),
            entry(3, 3, { ...later })
        );
        const days = blocks(log).map((block) => block.rows.filter((row) => row.kind === "day").length);
        expect(days).toEqual([1, 1]);
    });

    test("notes stand where they were written and break no talk", () => {
        const note = { kind: "note", id: 1, key: "note-1", date: "2026-03-02 09:02:30", text: "Hm" };
        const all = blocks(logOf(entry(1, 1), entry(2, 2), note, entry(3, 3)));
        expect(all.length).toBe(1);
        expect(all[0].rows.map((row) => row.kind === "entry" && row.entry.key).filter(Boolean)).toEqual([
            "interaction-1", "interaction-2", "note-1", "interaction-3",
        ]);
        expect(blocks(logOf(note))[0].kind).toBe("loose");
    });

    test("the line of what is new stands before the first of it, by time", () => {
        const log = logOf(entry(1, 1), entry(2, 2, { author: { name: "Me", user: { id: ME } } }), entry(3, 3), entry(4, 4));
        log.lookedAt = "2026-03-02 09:01:30";
        const rows = blocks(log)[0].rows;
        expect(rows.findIndex((row) => row.kind === "new")).toBe(3);
        expect(rows[4].entry.id).toBe(3);
        expect(rows[4].isFollowing).toBe(false, { message: "after the line one is named again" });
    });
});

test("new is what came since, said earlier or not, and never one's own", () => {
    const late = entry(1, 1, { received: "2026-03-02 12:00:00" });
    expect(isNew(late, "2026-03-02 11:00:00", ME)).toBe(true);
    expect(isNew(late, false, ME)).toBe(false, { message: "at the first look all is" });
    expect(isNew({ ...late, author: { user: { id: ME } } }, "2026-03-02 11:00:00", ME)).toBe(false);
    expect(isNew({ kind: "note", date: "2026-03-02 12:00:00", is_mine: true }, "2026-03-02 11:00:00", ME)).toBe(false);
});

test("how far the other side has read is known from receipts or from the whole talk", () => {
    const ours = (id, minute, delivery) => entry(id, minute, { direction: "out", delivery });
    const log = logOf(ours(1, 1, "read"), ours(2, 2, "delivered"), ours(3, 3, "sent"));
    expect(readUpTo(blocks(log)[0])).toBe("interaction-1");
    log.places = { ...PLACES, 2: { ...PLACES[2], read_up_to: "2026-03-02 09:02:30" } };
    expect(readUpTo(blocks(log)[0])).toBe("interaction-2");
});

test("addresses in the words become links, and nothing else does", () => {
    expect(partsOf("See https://shop.example/a?b=1, or javascript:alert(1).")).toEqual([
        { text: "See " },
        { text: "https://shop.example/a?b=1", url: "https://shop.example/a?b=1" },
        { text: ", or javascript:alert(1)." },
    ]);
    expect(partsOf("Ćao 😀")).toEqual([{ text: "Ćao 😀" }]);
    expect(partsOf("")).toEqual([]);
});
