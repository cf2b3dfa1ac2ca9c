import { Component, useSubEnv, xml } from "@odoo/owl";
import { expect, test } from "@odoo/hoot";
import {
    click,
    manuallyDispatchProgrammaticEvent,
    press,
    queryAllTexts,
    queryFirst,
    queryOne,
    scroll,
} from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { contains, mountWithCleanup, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

import { InboxStore } from "@social_crm_channels/inbox/inbox_store";
import { InboxTalk } from "@social_crm_channels/inbox/talk/talk";

defineMailModels();

const EMPTY = {
    kind: "interaction", type: "message", direction: "in", visibility: "direct", state: "normal",
    place_id: 2, parent_id: false, title: "", html: "", versions: [], edited_at: false,
    deleted_at: false, expires_at: false, media: [], rating: 0, language: "", permalink: "",
    answer_type: false, delivery: "", delivery_note: "", outbox: false, can: [], reactions: [],
    counters: {}, sibling: false, leads: [], by_hand: false, mood: "", moderation: false,
};
const ANA = { id: 1, name: "Ana", handle: "ana", role: "", state: "active", picture: "", user: false, is_banned: false };
const SHOP = { ...ANA, id: 2, name: "Shop", handle: "" };
const DIRECT = {
    id: 2, kind: "direct", title: "", root_id: false, channel_id: 1, channel: "Shop",
    network: "Mastodon", icon: "", read_up_to: false, with: "Ana",
};

function word(id, more = {}) {
    const date = `2026-03-02 09:${String(id % 60).padStart(2, "0")}:00`;
    return { ...EMPTY, id, key: `interaction-${id}`, date, received: date, body: `Words ${id}`, author: ANA, ...more };
}

function ours(id, more = {}) {
    return word(id, { direction: "out", author: { ...SHOP, user: { id: 99, name: "Lena" } }, delivery: "sent", ...more });
}

function page(entries, more = {}) {
    return { entries, roots: {}, parents: {}, places: { 2: DIRECT }, more: false, before: false, looked_at: false, ...more };
}

let store;

async function mountTalk(talk) {
    onRpc("social.crm.case", "inbox_looked", () => {
        expect.step("looked");
        return true;
    });
    class Around extends Component {
        static template = xml`<div style="height: 300px; display: flex;"><InboxTalk/></div>`;
        static components = { InboxTalk };
        static props = {};
        setup() {
            store = InboxStore.make(this.env, {
                orm: useService("orm"),
                dialog: useService("dialog"),
                notification: useService("notification"),
                action: { doAction: (action) => expect.step(`open ${action.res_model}`) },
            });
            store.caseId = 7;
            store.data = { head: { id: 7, writable: true, state: "open" }, talk };
            useSubEnv({ inbox: store });
        }
    }
    await mountWithCleanup(Around);
    await animationFrame();
}

const feed = () => queryOne(".o_social_talk_feed");

async function arrive(talk) {
    store.data = { ...store.data, talk };
    await animationFrame();
}

test("a talk says who said what, by whom it was written, and what became of it", async () => {
    await mountTalk(
        page([
            word(1, { rating: 4, state: "edited", versions: [{ at: "2026-03-02T08:00:00", body: "First words" }] }),
            ours(2, { delivery: "failed", delivery_note: "Too old", answer_type: { code: "away", name: "Away message" } }),
            word(3, { state: "deleted", body: "" }),
            word(4, { state: "expired", body: "" }),
            word(5, { state: "encrypted", body: "" }),
            word(6, { state: "hidden", moderation: { operation: "hide", reason: "Insult", by: "Lena" } }),
        ])
    );
    expect(queryAllTexts("[role=article] strong").slice(0, 2)).toEqual(["Ana", "Shop"]);
    expect("[data-key=interaction-1] .o_social_talk_stars").toHaveText("★★★★☆");
    expect("[data-key=interaction-2]").toHaveText(/written by Lena/);
    expect("[data-key=interaction-2] .o_social_talk_answer_type").toHaveText("Away message");
    expect("[data-key=interaction-2] .o_social_talk_delivery").toHaveText(/Not sent: Too old/);
    expect("[data-key=interaction-3]").toHaveText(/Deleted by its author/);
    expect("[data-key=interaction-4]").toHaveText(/No longer kept/);
    expect("[data-key=interaction-5]").toHaveText(/Encrypted/);
    expect("[data-key=interaction-6]").toHaveText(/Hidden: Insult/);
    await click("[data-key=interaction-1] button:contains(edited)");
    await animationFrame();
    expect("[data-key=interaction-1] .o_social_talk_versions").toHaveText(/First words/);
    expect.verifySteps(["looked"]);
});

test("nothing of another case is shown while one waits for this one", async () => {
    await mountTalk(page([word(1)]));
    store.caseId = 8;
    store.data = {};
    await animationFrame();
    expect("[role=article]").toHaveCount(0);
    expect(".fa-spinner").toHaveCount(1);
    await arrive(page([]));
    expect(".o_social_talk_empty").toHaveCount(1);
    expect.verifySteps(["looked", "looked"]);
});

test("who reads above keeps the place, and hears of what is new below", async () => {
    const first = Array.from({ length: 30 }, (_, index) => word(index + 1));
    await mountTalk(page(first));
    expect(feed().scrollTop + feed().clientHeight).toBeGreaterThan(feed().scrollHeight - 5);
    await scroll(feed(), { top: 200 });
    await advanceTime(100);
    await arrive(page([...first, word(31), word(32)]));
    expect(feed().scrollTop).toBe(200);
    expect(".o_social_talk_below").toHaveText("2 new below");
    await scroll(feed(), { top: feed().scrollHeight });
    await advanceTime(100);
    await animationFrame();
    expect(".o_social_talk_below").toHaveCount(0);
    await arrive(page([...first, word(31), word(32), word(33)]));
    expect(feed().scrollTop + feed().clientHeight).toBeGreaterThan(feed().scrollHeight - 5);
    expect.verifySteps(["looked", "looked", "looked"]);
});

test("what was said before comes when one scrolls up, without a jump", async () => {
    const recent = Array.from({ length: 20 }, (_, index) => word(index + 31));
    onRpc("social.crm.case", "inbox_talk", ({ args }) => {
        expect.step(`before ${args[1]}`);
        return page(Array.from({ length: 20 }, (_, index) => word(index + 11)));
    });
    await mountTalk(page(recent, { more: true, before: "cursor" }));
    const mark = queryFirst("[data-key=interaction-33]");
    await scroll(feed(), { top: 50 });
    const place = mark.getBoundingClientRect().top;
    await advanceTime(100);
    await animationFrame();
    await animationFrame();
    expect("[role=article]").toHaveCount(40);
    expect(Math.abs(mark.getBoundingClientRect().top - place)).toBeLessThan(2);
    expect(".o_social_talk_older").toHaveCount(0);
    expect.verifySteps(["looked", "before cursor"]);
});

test("a line stands before what came since one looked", async () => {
    await mountTalk(page([word(1), word(2)], { looked_at: "2026-03-02 09:01:30" }));
    expect(".o_social_talk_new").toHaveText("New since you looked");
    expect("[data-key=interaction-2]").toHaveClass("o_social_talk_unseen");
    expect("[data-key=interaction-1]").not.toHaveClass("o_social_talk_unseen");
    expect.verifySteps(["looked"]);
});

test("arrows go from one to the next, and keys work on the one that has the focus", async () => {
    await mountTalk(page([word(1, { can: ["reply", "like"] }), word(2, { can: ["reply", "hide"] })]));
    onRpc("social.crm.interaction", "talk_react", ({ args }) => {
        expect.step(`like ${args[0]}`);
        return true;
    });
    onRpc("social.crm.interaction", "action_moderate_dialog", ({ args }) => {
        expect.step(`${args[1]} ${args[0]}`);
        return { type: "ir.actions.act_window", res_model: "social.crm.moderate" };
    });
    onRpc("social.crm.case", "inbox_open", () => ({}));
    store.bus.addEventListener("reply-to", ({ detail }) =>
        expect.step(`answer ${detail.interactionId} ${detail.mode}`)
    );
    feed().focus();
    await press("ArrowUp");
    expect("[data-key=interaction-2]").toBeFocused();
    await press("r");
    await press("h");
    await animationFrame();
    await press("ArrowUp");
    expect("[data-key=interaction-1]").toBeFocused();
    await press("h");
    await press("l");
    await animationFrame();
    expect.verifySteps(["looked", "answer 2 reply", "hide 2", "open social.crm.moderate", "like 1"]);
});

test("the menu offers what the server would do, and what others add", async () => {
    registry.category("social_crm.talk_actions").add("test_idea", {
        label: "Make an idea",
        icon: "fa-lightbulb-o",
        isAvailable: (entry) => entry.id === 1,
        run: (entry) => expect.step(`idea ${entry.id}`),
    });
    patchWithCleanup(browser.navigator.clipboard, {
        writeText: async (text) => expect.step(`copied ${text}`),
    });
    await mountTalk(page([word(1, { can: ["reply", "ban", "lead"], permalink: "https://example.social/1" })]));
    await click(".o_social_talk_menu");
    await animationFrame();
    expect(queryAllTexts(".o-dropdown-item").map((text) => text.split("\n")[0])).toEqual([
        "Answer this", "Ban this account", "Make a lead", "Copy the words", "Copy the link",
        "Open on the network", "Make an idea",
    ]);
    await click(".o-dropdown-item:contains(Copy the link)");
    await animationFrame();
    await click(".o_social_talk_menu");
    await animationFrame();
    await click(".o-dropdown-item:contains(Make an idea)");
    await animationFrame();
    registry.category("social_crm.talk_actions").remove("test_idea");
    expect.verifySteps(["looked", "copied https://example.social/1", "idea 1"]);
});

test("what is held counts down, can be taken back, and is released at the end", async () => {
    mockDate("2026-03-02 09:10:00", +0);
    patchWithCleanup(user, { userId: 99 });
    onRpc("social.crm.outbox", "action_release", () => {
        expect.step("release");
        return true;
    });
    onRpc("social.crm.case", "inbox_open", () => {
        expect.step("read");
        return { talk: page([ours(2)]) };
    });
    const outbox = { id: 5, operation: "send", label: "", state: "held", not_before: "2026-03-02 09:10:03", error: "", mine: true };
    await mountTalk(page([ours(2, { delivery: "queued", outbox, can: ["outbox"] })]));
    expect("[role=timer]").toHaveText("Leaves in 3 s");
    expect("[data-action=take_back]").toHaveCount(1);
    await advanceTime(1000);
    await animationFrame();
    expect("[role=timer]").toHaveText("Leaves in 2 s");
    await advanceTime(2100);
    await animationFrame();
    await animationFrame();
    expect("[role=timer]").toHaveCount(0);
    expect.verifySteps(["looked", "release", "read"]);
});

test("what failed says why and is tried again", async () => {
    onRpc("social.crm.outbox", "action_retry", ({ args }) => {
        expect.step(`retry ${args[0]}`);
        return true;
    });
    onRpc("social.crm.case", "inbox_open", () => ({ talk: page([ours(2, { delivery: "queued" })]) }));
    const outbox = { id: 5, operation: "hide", label: "Hide", state: "failed", not_before: false, error: "Not yours", mine: false };
    await mountTalk(page([word(2, { outbox, can: ["outbox"] })]));
    expect(".o_social_talk_underway").toHaveText("Hide: Not done: Not yours");
    await contains("[data-action=retry]").click();
    expect.verifySteps(["looked", "retry 5"]);
});

test("our words are changed in a dialogue that keeps what was typed", async () => {
    onRpc("social.crm.interaction", "talk_edit", ({ args }) => {
        expect.step(`edit ${args[1]}`);
        return true;
    });
    onRpc("social.crm.case", "inbox_open", () => ({}));
    await mountTalk(page([ours(2, { can: ["edit"] })]));
    await contains(".o_social_talk_menu").click();
    await contains(".o-dropdown-item:contains(Change our words)").click();
    expect(".modal .btn-primary").not.toBeEnabled();
    await contains(".modal textarea").edit("Better words");
    await contains(".modal .btn-primary").click();
    expect(".modal").toHaveCount(0);
    expect.verifySteps(["looked", "edit Better words"]);
});

test("pictures are shown only where the network allows it", async () => {
    const picture = { url: "https://cdn.example/a.png", mimetype: "image/png", name: "a.png", alt: "A bicycle" };
    await mountTalk(page([word(1, { media: [{ ...picture, shown: false }] })]));
    expect(".o_social_talk_media img").toHaveCount(0);
    expect(".o_social_talk_file").toHaveAttribute("href", picture.url);
    expect.verifySteps(["looked"]);
});

test("a feed a screen reader can follow", async () => {
    await mountTalk(page([word(1)]));
    expect("[role=feed]").toHaveAttribute("aria-label", "What was said");
    expect("[role=article]").toHaveAttribute("aria-label", /^Ana, Message, .*: Words 1$/);
    expect("[data-key=interaction-1] [role=img]").toHaveAttribute("aria-label", "Only the two of you can read this");
    expect.verifySteps(["looked"]);
});

test("a chat says how far the other side has read", async () => {
    await mountTalk(page([ours(1, { delivery: "read" }), ours(2, { delivery: "delivered" })]));
    expect("[data-key=interaction-1] .o_social_talk_read").toHaveText("Read by Ana up to here");
    expect("[data-key=interaction-2] .o_social_talk_read").toHaveCount(0);
    expect.verifySteps(["looked"]);
});

test("one key goes to the talk, from wherever one is", async () => {
    await mountTalk(page([word(1), word(2)]));
    await store.run("focus_talk");
    expect("[data-key=interaction-2]").toBeFocused();
    expect.verifySteps(["looked"]);
});

test("a picture that is gone becomes a link", async () => {
    const picture = { url: "https://cdn.example/gone.png", source: "data:image/png;base64,none", mimetype: "image/png", name: "gone.png", alt: "", shown: true };
    await mountTalk(page([word(1, { media: [picture] })]));
    await manuallyDispatchProgrammaticEvent(queryFirst(".o_social_talk_media img") || document.body, "error");
    await animationFrame();
    expect(".o_social_talk_media img").toHaveCount(0);
    expect(".o_social_talk_file").toHaveAttribute("href", picture.url);
    expect.verifySteps(["looked"]);
});

test("who has just said something sees it, wherever they were reading", async () => {
    const first = Array.from({ length: 30 }, (_, index) => word(index + 1));
    await mountTalk(page(first));
    await scroll(feed(), { top: 200 });
    await advanceTime(100);
    store.bus.trigger("sent", { outboxId: 1 });
    await arrive(page([...first, ours(31)]));
    expect(feed().scrollTop + feed().clientHeight).toBeGreaterThan(feed().scrollHeight - 5);
    expect(".o_social_talk_below").toHaveCount(0);
    expect.verifySteps(["looked", "looked"]);
});

test("what is quoted from another case opens that case", async () => {
    onRpc("social.crm.case", "inbox_open", ({ args }) => {
        expect.step(`case ${args[0]}`);
        return { talk: page([word(9)]) };
    });
    const parents = { 5: { id: 5, said_by: "Boris", excerpt: "Me first", permalink: "", case_id: 12 } };
    await mountTalk(page([word(8, { parent_id: 5 })], { parents }));
    expect(".o_social_talk_quote").toHaveText(/Boris\s*Me first/);
    await contains(".o_social_talk_quote").click();
    expect("[data-key=interaction-9]").toHaveCount(1);
    expect.verifySteps(["looked", "case 12", "looked"]);
});
