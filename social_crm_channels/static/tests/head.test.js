import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains } from "@web/../tests/web_test_helpers";

import { InboxHead } from "@social_crm_channels/inbox/head/head";

import { mountPane } from "./inbox_helpers";

defineMailModels();

const HEAD = {
    id: 1,
    name: "Where is my parcel?",
    state: "open",
    state_label: "Open",
    substate: "",
    priority: "0",
    confidential: false,
    customer: "Ana",
    channel: "Shop",
    platform: "Mastodon",
    platform_icon: "",
    team: { id: false, name: "" },
    user: { id: false, name: "" },
    tags: [],
    waiting_since: "",
    deadline: "",
    snoozed_until: "",
    risk_score: 0,
    writable: true,
};

async function mountHead(facts = {}, answers = {}) {
    const store = await mountPane(InboxHead, {
        inbox_open: () => ({ head: { ...HEAD, ...facts } }),
        write: (ids, vals) => expect.step(`${ids} ${JSON.stringify(vals)}`),
        inbox_choices: () => ({
            users: [{ id: 50, name: "Budi" }],
            teams: [{ id: 5, name: "Care" }],
            tags: [{ id: 3, name: "Refund" }],
        }),
        ...answers,
    });
    await store.open(1);
    await animationFrame();
    return store;
}

test("the subject is changed in place, and never emptied", async () => {
    await mountHead();
    await contains(".o_social_head_name").edit("Lost parcel", { confirm: "blur" });
    expect.verifySteps([`1 {"name":"Lost parcel"}`]);
    await contains(".o_social_head_name").edit("   ", { confirm: "blur" });
    expect.verifySteps([]);
    expect(".o_social_head_name").toHaveValue("Where is my parcel?");
});

test("Escape takes a half-written subject back", async () => {
    await mountHead();
    await contains(".o_social_head_name").edit("Half", { confirm: false });
    await press("Escape");
    expect(".o_social_head_name").toHaveValue("Where is my parcel?");
    expect.verifySteps([]);
});

test("person, team, tags and priority are given here", async () => {
    await mountHead();
    await contains(".o_social_head_user").click();
    await contains(".dropdown-item:contains(Budi)").click();
    await contains(".o_social_head_team").click();
    await contains(".dropdown-item:contains(Care)").click();
    await contains(".o_social_head_tags").click();
    await contains(".dropdown-item:contains(Refund)").click();
    await contains(".o_social_head_priority").click();
    expect.verifySteps([
        `1 {"user_id":50}`,
        `1 {"team_id":5}`,
        `1 {"tag_ids":[[4,3]]}`,
        `1 {"priority":"1"}`,
    ]);
});

test("who may only read sees no way to change", async () => {
    await mountHead({ writable: false });
    expect("input.o_social_head_name").toHaveCount(0);
    expect(".o_social_head_user").toHaveAttribute("disabled");
    expect(".o_social_head_tags").toHaveCount(0);
    expect(queryAllTexts("[data-command]")).toEqual([]);
});

test("a deadline says how long there is, and alarms in time", async () => {
    mockDate("2026-03-02 12:00:00", 0);
    const store = await mountHead({ deadline: "2026-03-02 15:00:30" });
    expect(".o_social_head_deadline").toHaveText(/in 3 hr/);
    expect(".o_social_head_deadline").not.toHaveClass("text-bg-warning");
    store.data.head.deadline = "2026-03-02 12:30:00";
    await animationFrame();
    expect(".o_social_head_deadline").toHaveClass("text-bg-warning");
    store.data.head.deadline = "2026-03-02 11:00:00";
    await animationFrame();
    expect(".o_social_head_deadline").toHaveClass("text-bg-danger");
    expect(".o_social_head_deadline").toHaveText(/Overdue/);
});

test("while cases are chosen, the head offers nothing that would go to them instead", async () => {
    const store = await mountHead();
    expect(".o_social_head_more").toHaveCount(1);
    store.selection.add(7);
    await animationFrame();
    expect(".o_social_head_more, .o_social_head [data-command]").toHaveCount(0);
    await contains(".o_social_head_chosen").click();
    expect(store.selection.size).toBe(0);
    expect(".o_social_head_more").toHaveCount(1);
});
