import { expect, test } from "@odoo/hoot";
import { click, edit, press, queryAll, queryAllTexts, queryFirst, scroll } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { registry } from "@web/core/registry";

import { chooseRow, InboxQueue } from "@social_crm_channels/inbox/queue/queue";
import { comparePositions, QueueModel } from "@social_crm_channels/inbox/queue/queue_model";

import { fakeOrm, makePost, makeRow, makeStore, mountPane } from "./inbox_helpers";

defineMailModels();

const OLDEST = { view: "all", sort: "oldest", words: "", filters: {} };

/** A model that has read these rows. */
async function makeModel(rows, answers = {}, cursor = null) {
    const queue = new QueueModel(fakeOrm({ inbox_queue: () => ({ rows, cursor }), ...answers }));
    await queue.start(OLDEST);
    return queue;
}
const keys = (queue) => queue.rows.map((row) => row.key);

// === ORDER === //

test("positions compare as the server sorts", () => {
    const first = ["2026-03-02 09:00:00", "infinity", 9];
    const second = ["2026-03-02 09:00:00.5", "2026-03-01 00:00:00", 1];
    expect(comparePositions("deadline", first, second)).toBeLessThan(0);
    expect(comparePositions("deadline", ["infinity", "x", 1], second)).toBeGreaterThan(0);
    expect(comparePositions("deadline", ["infinity", "x", 2], ["infinity", "x", 10])).toBeLessThan(0);
    expect(comparePositions("risk", ["100", "-5", 1], ["20", "-5", 1])).toBeLessThan(0);
    expect(comparePositions("risk", ["20", "-5", 1], ["20", "-Infinity", 1])).toBeLessThan(0);
    expect(comparePositions("newest", ["2026-03-02 09:00:00", 1], ["2026-03-02 08:00:00", 2])).toBeLessThan(0);
    expect(comparePositions("newest", ["a", 2], ["a", 2])).toBe(0);
});

test("what is asked later wins over what answers late", async () => {
    const slow = new Deferred();
    const queue = await makeModel([], {
        inbox_queue: ({ view }) => (view === "mine" ? slow : { rows: [makeRow(2)], cursor: null }),
    });
    const mine = queue.ask({ view: "mine" });
    await queue.ask({ view: "all" });
    slow.resolve({ rows: [makeRow(1)], cursor: null });
    await mine;
    expect(keys(queue)).toEqual(["case-2"]);
    expect(queue.isLoading).toBe(false);
});

test("the next page adds what is not there yet", async () => {
    const queue = await makeModel([makeRow(1), makeRow(2)], {
        inbox_queue: (query, cursor) =>
            cursor
                ? { rows: [makeRow(2), makeRow(3)], cursor: null }
                : { rows: [makeRow(1), makeRow(2)], cursor: ["x", 2, []] },
    });
    await queue.more();
    await queue.more();
    expect(keys(queue)).toEqual(["case-1", "case-2", "case-3"]);
});

// === NEWS === //

test("a row changes where it stands, even when it belongs elsewhere now", async () => {
    const queue = await makeModel([makeRow(1), makeRow(2)], {
        inbox_queue_rows: () => [makeRow(1, 50, { name: "Renamed" })],
    });
    await queue.refresh([1]);
    expect(keys(queue)).toEqual(["case-1", "case-2"]);
    expect(queue.rows[0].name).toBe("Renamed");
});

test("a new row that would move what is read waits until it is asked for", async () => {
    const queue = await makeModel([makeRow(2), makeRow(4)], {
        inbox_queue_rows: () => [makeRow(1), makeRow(3), makeRow(5)],
    });
    queue.safeFrom = () => 2;
    await queue.refresh([1, 3, 5]);
    expect(keys(queue)).toEqual(["case-2", "case-4", "case-5"]);
    expect(queue.freshCount).toBe(2);
    queue.settle();
    expect(keys(queue)).toEqual(["case-1", "case-2", "case-3", "case-4", "case-5"]);
    expect(queue.freshCount).toBe(0);
});

test("what belongs behind the pages read so far comes with its page", async () => {
    const queue = await makeModel(
        [makeRow(1), makeRow(2)],
        { inbox_queue_rows: () => [makeRow(9)] },
        ["x", 2, []]
    );
    await queue.refresh([9]);
    expect(keys(queue)).toEqual(["case-1", "case-2"]);
    expect(queue.freshCount).toBe(0);
});

test("what colleagues took away stays, faded, until one goes on; what we did goes at once", async () => {
    const queue = await makeModel([makeRow(1), makeRow(2), makeRow(3)]);
    await queue.refresh([2]);
    expect(queue.rows[1].isGone).toBe(true);
    queue.markRead(3);
    expect(keys(queue)).toEqual(["case-1", "case-3"]);
    await queue.refresh([1], true);
    expect(keys(queue)).toEqual(["case-3"]);
});

test("a new row that went before anybody saw it is forgotten", async () => {
    let rows = [makeRow(1)];
    const queue = await makeModel([makeRow(2)], { inbox_queue_rows: () => rows });
    queue.safeFrom = () => 1;
    await queue.refresh([1]);
    expect(queue.freshCount).toBe(1);
    rows = [];
    await queue.refresh([1]);
    expect(queue.freshCount).toBe(0);
});

test("the second comment below a post makes a folded row of both, and one left a case again", async () => {
    let rows = [makePost(7, [1, 5])];
    const queue = await makeModel([makeRow(1, 1, { post_id: 7 }), makeRow(2)], {
        inbox_queue_rows: () => rows,
    });
    await queue.refresh([5]);
    expect(keys(queue)).toEqual(["post-7", "case-2"]);
    expect(queue.freshCount).toBe(0);
    rows = [makeRow(5, 5, { post_id: 7 })];
    await queue.refresh([1]);
    expect(keys(queue)).toEqual(["case-5", "case-2"]);
});

test("the case after, else before, else none", async () => {
    const queue = await makeModel([makeRow(1), makeRow(2), makeRow(3)]);
    expect(queue.neighbour(2, [2])).toBe(3);
    expect(queue.neighbour(2, [2, 3])).toBe(1);
    expect(queue.neighbour(3, [3])).toBe(2);
    expect(queue.neighbour(1, [1, 2, 3])).toBe(null);
    expect(queue.neighbour(99)).toBe(null);
});

test("one's own saved filter opens first, then the team's, unless something was open before", async () => {
    const own = { id: 2, name: "Own", is_default: true, is_mine: true, query: { view: "mine" } };
    const shared = { ...own, id: 1, is_mine: false, query: { view: "unassigned" } };
    const usual = await fakeOrm().call("", "inbox_start");
    const start = (filters) => ({ inbox_start: () => ({ ...usual, filters }) });
    const views = [];
    for (const filters of [[shared, own], [shared], []]) {
        const queue = new QueueModel(fakeOrm(start(filters)));
        await queue.start();
        views.push(queue.query.view);
    }
    expect(views).toEqual(["mine", "unassigned", "all"]);
    const queue = new QueueModel(fakeOrm(start([own])));
    await queue.start({ view: "overdue", words: "x" });
    expect(queue.query.view).toBe("overdue");
    await queue.start({ view: "a view of an app that is gone" });
    expect(queue.query.view).toBe("mine");
});

test("Shift chooses all rows from the last one chosen, and a second time takes them back", async () => {
    const store = makeStore({
        inbox_queue: () => ({ rows: [makeRow(1), makePost(7, [21, 22], 2), makeRow(3)], cursor: null }),
    });
    await store.queue.start(OLDEST);
    const { rows } = store.queue;
    chooseRow(store, rows[0]);
    chooseRow(store, rows[2], true);
    expect([...store.selection]).toEqual([1, 21, 22, 3]);
    chooseRow(store, rows[1]);
    expect([...store.selection]).toEqual([1, 3]);
});

// === ON THE SCREEN === //

async function mountQueue(rows, answers = {}) {
    const store = await mountPane(InboxQueue, {
        inbox_queue: () => ({ rows, cursor: null }),
        ...answers,
    });
    await store.queue.start(OLDEST);
    await animationFrame();
    return store;
}

test("a row tells who, what, who spoke last and what is due", async () => {
    mockDate("2026-03-02 12:00:00", 0);
    await mountQueue([
        makeRow(1, 1, { is_new: true, deadline: "2026-03-02 11:00:00", priority: "2" }),
        makeRow(2, 2, { said: { text: "We look into it", direction: "out", by: "Ann" } }),
        makeRow(3, 3, { is_mentioned: true, confidential: true, deadline: "2026-03-02 12:30:00" }),
        makePost(7, [4, 5], 4),
    ]);
    const rows = queryAll("[role=option]");
    expect(rows[0].querySelector(".o_social_queue_time")).toHaveClass("text-danger");
    expect(rows[0]).toHaveClass("o_social_queue_unread");
    expect(rows[0].querySelectorAll(".fa-star").length).toBe(2);
    expect(rows[1].querySelector(".o_social_queue_words")).toHaveText(/Ann:\s+We look into it/);
    expect(rows[2].querySelector(".o_social_queue_time")).toHaveClass("text-warning");
    expect(rows[2].querySelector(".fa-lock")).not.toBe(null);
    expect(rows[3]).toHaveText(/2 comments/);
    expect(rows[0]).toHaveAttribute("aria-label", /Person 1, Case 1, new/);
    expect(rows[2]).toHaveAttribute("aria-label", /mentions you/);
    expect(rows[3]).toHaveAttribute("aria-label", /folded/);
});

test("the keyboard alone goes through the queue, opens and chooses", async () => {
    const store = await mountQueue([makeRow(1), makeRow(2), makeRow(3)]);
    await press("j");
    await animationFrame();
    expect("[data-case-id='2']").toBeFocused();
    await press("ArrowDown");
    await animationFrame();
    expect("[data-case-id='3']").toBeFocused();
    await press("k");
    await animationFrame();
    await press("x");
    await animationFrame();
    expect("[data-case-id='2']").toHaveAttribute("aria-selected", "true");
    expect(".o_social_bulk").toHaveCount(1);
    await press("Enter");
    await animationFrame();
    expect(store.caseId).toBe(2);
    expect("[data-case-id='2']").toHaveAttribute("aria-current", "true");
    await press("u");
    expect(store.caseId).toBe(null);
});

test("keys are letters while somebody searches", async () => {
    const store = await mountQueue([makeRow(1), makeRow(2)]);
    await press("/");
    await animationFrame();
    expect(".o_social_queue_search").toBeFocused();
    await press("j");
    await press("x");
    expect(store.queue.cursorKey).toBe("case-1");
    expect(store.selection.size).toBe(0);
});

test("words are asked for once typing rests, and counted with", async () => {
    const asked = [];
    const store = await mountQueue([makeRow(1)], {
        inbox_queue: ({ words }) => {
            asked.push(words);
            return { rows: [], cursor: null };
        },
        inbox_counts: ({ words }) => {
            expect.step(`count ${words}`);
            return {};
        },
    });
    expect(store.queue.rows.length).toBe(0);
    await click(".o_social_queue_search");
    await edit("refund", { confirm: false });
    await advanceTime(500);
    await animationFrame();
    expect(asked).toEqual(["", "refund"]);
    expect.verifySteps(["count refund"]);
    expect(".o_social_queue_empty").toHaveText(/Nothing matches/);
    await contains(".o_social_queue_empty button").click();
    expect(asked.at(-1)).toBe("");
    expect.verifySteps(["count "]);
});

test("an empty view shows where there is something to do", async () => {
    await mountQueue([], { inbox_counts: () => ({ unassigned: 4 }), inbox_start: async () => ({
        ...(await fakeOrm().call("", "inbox_start")), counts: { unassigned: 4 },
    }) });
    expect(".o_social_queue_empty").toHaveText(/All done here/);
    await contains(".o_social_queue_empty button").click();
    expect("[data-view=unassigned]").toHaveAttribute("aria-pressed", "true");
});

test("without a channel the queue says how to connect one, or who can", async () => {
    const usual = await fakeOrm().call("", "inbox_start");
    const setup = { has_channel: false, can_connect: true, teams: [] };
    const store = await mountQueue([], { inbox_start: () => ({ ...usual, setup }) });
    expect(".o_social_queue_empty button").toHaveText("Connect a channel");
    store.queue.setup = { ...setup, can_connect: false };
    await animationFrame();
    expect(".o_social_queue_empty button").toHaveCount(0);
    expect(".o_social_queue_empty").toHaveText(/manager/);
});

test("a queue that cannot be read can be tried again", async () => {
    let isBroken = true;
    const store = await mountPane(InboxQueue, {
        inbox_queue: async () => {
            if (isBroken) {
                throw new Error("no network");
            }
            return { rows: [makeRow(1)], cursor: null };
        },
    });
    await expect(store.queue.start(OLDEST)).rejects.toThrow("no network");
    await animationFrame();
    isBroken = false;
    await contains(".o_social_queue_failed button").click();
    expect("[role=option]").toHaveCount(1);
});

test("nothing moves while one reads: new rows wait behind a button, the place stays", async () => {
    const many = Array.from({ length: 40 }, (_, number) => makeRow(number + 10, number + 10));
    let news = [makeRow(1), makeRow(2)];
    const store = await mountQueue(many, { inbox_queue_rows: () => news });
    const list = queryFirst(".o_social_queue_list");
    list.style.height = "300px";
    list.style.flex = "none";
    await scroll(list, { y: 400 });
    await animationFrame();
    const seen = queryAll("[role=option]").find((row) => row.getBoundingClientRect().top > list.getBoundingClientRect().top);
    const top = seen.getBoundingClientRect().top;
    await store.changed([1, 2]);
    await animationFrame();
    expect(queryAllTexts(".o_social_queue_fresh")).toEqual(["2 new"]);
    expect(seen.getBoundingClientRect().top).toBe(top);
    // a row above grows: what is read stays where it is
    news = [makeRow(10, 10, { tags: [{ id: 1, name: "Tag", color: 1 }], said: { text: "long ".repeat(40) } })];
    await store.changed([10]);
    await animationFrame();
    expect(Math.abs(seen.getBoundingClientRect().top - top)).toBeLessThan(2);
    await contains(".o_social_queue_fresh").click();
    expect(queryFirst("[role=option]")).toHaveAttribute("data-case-id", "1");
    expect(list.scrollTop).toBe(0);
    expect(".o_social_queue_fresh").toHaveCount(0);
});

test("comments below a post open in place and fold again", async () => {
    const store = await mountQueue([makePost(7, [1, 2]), makeRow(3)], {
        inbox_queue: ({ post }) => ({
            rows: post ? [makeRow(1), makeRow(2)] : [makePost(7, [1, 2]), makeRow(3)],
            cursor: null,
        }),
    });
    await press("Enter");
    await animationFrame();
    expect("[role=option]").toHaveCount(4);
    expect("[data-level='2']").toHaveCount(2);
    await press("x");
    await animationFrame();
    expect("[aria-selected=true]").toHaveCount(3, { message: "the post and both comments" });
    await press("o");
    await animationFrame();
    expect("[role=option]").toHaveCount(2);
    expect(store.selection.size).toBe(2);
});

test("filters are chosen from what there is, shown, counted with and taken away", async () => {
    const asked = [];
    const store = await mountQueue([makeRow(1)], {
        inbox_queue: ({ filters }) => {
            asked.push(filters);
            return { rows: [makeRow(1)], cursor: null };
        },
        inbox_facets: () => [
            { key: "tag", label: "Tag", options: [{ value: 3, label: "Refund" }, { value: 4, label: "Praise" }] },
            { key: "mood", label: "Mood", options: [{ value: "negative", label: "Negative" }] },
        ],
    });
    await contains(".o_social_queue_filter").click();
    expect(queryAllTexts(".o_social_queue_filters .o-dropdown")).toEqual(["Tag", "Mood"]);
    await contains(".o_social_queue_filters .o-dropdown:eq(0)").click();
    await contains(".o_social_queue_options .dropdown-item:contains(Refund)").click();
    expect(asked.at(-1)).toEqual({ tag: [3] });
    expect(queryAllTexts(".o_social_queue_chip")).toEqual(["Refund"]);
    await contains(".o_social_queue_chip").click();
    expect(asked.at(-1)).toEqual({ tag: [] });
    expect(store.queue.isNarrowed).toBe(false);
});

test("a view is kept under a name, for oneself or a team, and forgotten again", async () => {
    const usual = await fakeOrm().call("", "inbox_start");
    const setup = { ...usual.setup, teams: [{ id: 5, name: "Care" }] };
    let filters = [];
    await mountQueue([makeRow(1)], {
        inbox_start: () => ({ ...usual, setup, filters }),
        inbox_facets: () => [],
        create: (model, [vals]) => {
            expect.step(`${model} ${vals.name} ${vals.team_id} ${vals.is_default} ${vals.query.view}`);
            filters = [{ ...vals, id: 9, is_mine: true, team: "Care" }];
            return [9];
        },
        unlink: (ids) => expect.step(`forget ${ids}`),
    });
    await contains(".o_social_queue_filter").click();
    await contains(".o_social_queue_save").click();
    await contains("#o_social_filter_name").edit("  Refunds ", { confirm: false });
    await contains("#o_social_filter_team").select("5");
    await contains("#o_social_filter_default").click();
    await contains(".modal button[type=submit]").click();
    await animationFrame();
    expect.verifySteps(["social.crm.inbox.filter Refunds 5 true all"]);
    expect(".modal").toHaveCount(0);
    expect(".o_social_queue_chips").toHaveText(/Refunds/);
    await contains(".o_social_queue_filter").click();
    await contains(".o_social_queue_filters button[title='Forget this filter']").click();
    expect.verifySteps(["forget 9"]);
});

test("the order is chosen from a menu, and the view from tabs and a menu", async () => {
    const store = await mountQueue([makeRow(1)]);
    await contains(".o_social_queue_sort").click();
    await contains(".dropdown-item:contains(Newest)").click();
    expect(store.queue.query.sort).toBe("newest");
    await contains("[data-view=mine]").click();
    expect(store.queue.query.view).toBe("mine");
    await contains(".o_social_queue_other").click();
    await contains(".dropdown-item:contains(Overdue)").click();
    expect(store.queue.query.view).toBe("overdue");
    expect(".o_social_queue_other").toHaveText(/Overdue/);
});

test("the bulk bar runs what the registry holds for many: the usual as buttons, the rest in a menu", async () => {
    const commands = registry.category("social_crm.inbox_commands");
    const entries = ["one", "two", "three", "four", "five"].map((key) => [
        key,
        {
            label: key,
            groups: ["bulk"],
            isPrimary: key === "five",
            run: (store) => expect.step(`${key} ${store.targetIds}`),
        },
    ]);
    patchWithCleanup(commands, {
        getEntries: () => [...entries, ["alone", { label: "alone", groups: ["head"], run() {} }]],
    });
    const store = await mountQueue([makeRow(1), makeRow(2)]);
    chooseRow(store, store.queue.rows[0]);
    chooseRow(store, store.queue.rows[1], true);
    await animationFrame();
    expect(".o_social_bulk").toHaveText(/2 cases chosen/);
    expect(queryAll(".o_social_bulk [data-command]").map((el) => el.dataset.command)).toEqual([
        "five", "one", "two", "three",
    ]);
    await contains(".o_social_bulk [data-command=five]").click();
    await contains(".o_social_bulk_more").click();
    await contains(".dropdown-item[data-command=four]").click();
    expect.verifySteps(["five 1,2", "four 1,2"]);
    await contains(".o_social_bulk button[aria-label='Choose none']").click();
    expect(".o_social_bulk").toHaveCount(0);
});
