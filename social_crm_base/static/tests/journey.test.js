import { expect, test } from "@odoo/hoot";
import { click, edit, press, queryAll, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { makeMockEnv, mockService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { Journey } from "@social_crm_base/journey/journey";

defineMailModels();

const OPTIONS = {
    types: [
        { value: "interaction", label: "Conversations" },
        { value: "lead", label: "Leads" },
    ],
    channels: [
        { value: 3, label: "Shop" },
        { value: 4, label: "Support" },
    ],
    moods: [{ value: "negative", label: "Negative" }],
};

function entry(id, date, values = {}) {
    return {
        key: `interaction-${id}`,
        type: "interaction",
        model: "social.crm.interaction",
        id,
        date,
        is_day: false,
        title: `Message ${id}`,
        text: `word ${id}`,
        who: "Ana",
        is_public: true,
        direction: "in",
        ...values,
    };
}

/** Mounts a journey whose server answers with these pages and tells what it was asked. */
async function mountJourney(pages, props = {}) {
    mockDate("2026-03-05 12:00:00", +1);
    onRpc("social.crm.journey", "get_page", ({ args, kwargs }) => {
        expect.step(JSON.stringify([...args, kwargs.filters, kwargs.cursor]));
        const page = pages[kwargs.cursor || "first"];
        return kwargs.cursor ? page : { options: OPTIONS, notice: "", ...page };
    });
    await makeMockEnv();
    return mountWithCleanup(Journey, {
        props: { resModel: "res.partner", resId: 7, ...props },
    });
}

const ASKED = JSON.stringify(["res.partner", 7, {}, false]);

test("entries are grouped by the reader's own day", async () => {
    await mountJourney({
        first: {
            entries: [
                entry(4, "2026-03-04 23:30:00"), // half past midnight here: today
                entry(3, "2026-03-04 22:30:00"),
                entry(2, "2026-03-04 08:00:00"),
                entry(1, "2026-01-02 00:00:00", { is_day: true }),
            ],
            cursor: false,
        },
    });
    expect.verifySteps([ASKED]);
    expect(queryAllTexts(".o_social_journey_date")).toEqual(["Today", "Yesterday", "Friday · 01/02/2026"]);
    expect(queryAllTexts("time")).toEqual(["00:30", "23:30", "09:00", ""]);
    expect(".o_social_journey_more").toHaveCount(0);
});

test("earlier entries are added below, by the cursor of the page before", async () => {
    await mountJourney({
        first: { entries: [entry(2, "2026-03-04 10:00:00")], cursor: "c2" },
        c2: { entries: [entry(1, "2026-03-04 09:00:00")], cursor: false },
    });
    await click(".o_social_journey_more");
    await animationFrame();
    expect.verifySteps([ASKED, JSON.stringify(["res.partner", 7, {}, "c2"])]);
    expect(queryAllTexts(".o_social_journey_open")).toEqual(["Message 2", "Message 1"]);
    expect(".o_social_journey_day").toHaveCount(1);
    expect(".o_social_journey_more").toHaveCount(0);
});

test("filters ask anew from the start; clearing them shows everything again", async () => {
    await mountJourney({ first: { entries: [entry(1, "2026-03-04 10:00:00")], cursor: false } });
    expect.verifySteps([ASKED]);
    await click("select[name=channel]");
    const channel = document.querySelector("select[name=channel]");
    channel.value = "4";
    channel.dispatchEvent(new Event("change"));
    await animationFrame();
    expect.verifySteps([JSON.stringify(["res.partner", 7, { channel_ids: [4] }, false])]);
    const day = document.querySelector("input[name=date_to]");
    day.value = "2026-03-04";
    day.dispatchEvent(new Event("input"));
    day.dispatchEvent(new Event("change"));
    await animationFrame();
    // The whole of the 4th in a zone one hour ahead of UTC.
    expect.verifySteps([
        JSON.stringify([
            "res.partner",
            7,
            { channel_ids: [4], date_to: "2026-03-04 23:00:00" },
            false,
        ]),
    ]);
    await click(".o_social_journey_reset");
    await animationFrame();
    expect.verifySteps([ASKED]);
});

test("typing asks once, when it rests", async () => {
    await mountJourney({ first: { entries: [], cursor: false } });
    await click(".o_social_journey_search");
    await edit("chair");
    expect.verifySteps([ASKED]);
    await advanceTime(400);
    await animationFrame();
    expect.verifySteps([JSON.stringify(["res.partner", 7, { text: "chair" }, false])]);
    expect(".o_social_journey_empty").toHaveText(/Nothing matches/);
});

test("an empty journey says what to do", async () => {
    await mountJourney({ first: { entries: [], cursor: false } });
    expect.verifySteps([ASKED]);
    expect(".o_social_journey_empty").toHaveText(/No journey yet/);
    expect(".o_social_journey_empty .btn-primary").toHaveText("Log an interaction");
});

test("arrow keys walk through the entries and Enter opens one", async () => {
    mockService("action", {
        doAction(action) {
            expect.step(`open ${action.res_model} ${action.res_id}`);
        },
    });
    await mountJourney({
        first: {
            entries: [entry(2, "2026-03-04 10:00:00"), entry(1, "2026-02-01 09:00:00")],
            cursor: false,
        },
    });
    const cards = queryAll(".o_social_journey_open");
    cards[0].focus();
    await press("ArrowDown");
    expect(cards[1]).toBeFocused();
    await press("Home");
    expect(cards[0]).toBeFocused();
    await press("ArrowUp");
    expect(cards[0]).toBeFocused();
    await press("Enter");
    expect.verifySteps([ASKED, "open social.crm.interaction 2"]);
});

test("a journey bound to one kind of entry offers no other", async () => {
    await mountJourney(
        { first: { entries: [entry(1, "2026-03-04 10:00:00")], cursor: false } },
        { types: ["interaction"] }
    );
    expect.verifySteps([JSON.stringify(["res.partner", 7, { types: ["interaction"] }, false])]);
    expect("select[name=type]").toHaveCount(0);
});

test("markup in somebody's words is shown as they wrote it", async () => {
    await mountJourney({
        first: {
            entries: [entry(1, "2026-03-04 10:00:00", { text: "<b>hi</b> <img src=x>" })],
            cursor: false,
        },
    });
    expect.verifySteps([ASKED]);
    expect(".o_social_journey_text").toHaveText("<b>hi</b> <img src=x>");
    expect(".o_social_journey_text img").toHaveCount(0);
});
