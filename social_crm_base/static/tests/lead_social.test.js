import { expect, test } from "@odoo/hoot";
import { click, edit, press, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { makeMockEnv, mountWithCleanup, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { LeadSocial } from "@social_crm_base/lead_social/lead_social";

defineMailModels();

const DIRECT = {
    id: 3,
    label: "Direct · Ana",
    is_public: false,
    by_hand: false,
    can_reply: true,
    reason: "",
    protocol: "",
};

async function mountLead(places, outcome, resId = 7) {
    onRpc("crm.lead", "social_reply_places", () => places);
    onRpc("crm.lead", "action_social_reply", ({ args }) => {
        expect.step(`send ${args.slice(1).join(" ")}`);
        return outcome;
    });
    onRpc("social.crm.outbox", "action_done_by_hand", ({ args }) => {
        expect.step(`done ${args[0]}`);
        return true;
    });
    onRpc("social.crm.journey", "get_page", ({ kwargs }) => {
        expect.step(`journey ${kwargs.filters.types || "everything"}`);
        return {
            entries: [],
            cursor: false,
            notice: "",
            options: { types: [], channels: [], moods: [] },
        };
    });
    await makeMockEnv();
    // Of the record the component reads its id only.
    return mountWithCleanup(LeadSocial, { props: { record: { resId }, readonly: false } });
}

test("the place that can be answered is offered first, and says who reads along", async () => {
    await mountLead([
        { ...DIRECT, id: 2, can_reply: false, reason: "The window is closed." },
        { ...DIRECT, is_public: true, label: "Comment thread · Ana" },
    ]);
    expect.verifySteps(["journey interaction"]);
    expect("#o_social_lead_place").toHaveValue("3");
    expect(".o_social_lead_composer").toHaveText(/Everybody can read this/);
});

test("why one cannot answer stands where one would write", async () => {
    await mountLead([{ ...DIRECT, can_reply: false, reason: "The window is closed." }]);
    expect.verifySteps(["journey interaction"]);
    expect(".o_social_lead_reason").toHaveText("The window is closed.");
    expect(".o_social_lead_body").toHaveCount(0);
});

test("nothing is sent twice, and nothing empty", async () => {
    await mountLead([DIRECT], { id: 9, state: "queued", label: "On its way." });
    expect.verifySteps(["journey interaction"]);
    expect(".o_social_lead_send").not.toBeEnabled();
    await click(".o_social_lead_body");
    await edit("   ");
    await animationFrame();
    expect(".o_social_lead_send").not.toBeEnabled();
    await edit("Fifty euros");
    await press(["ctrl", "Enter"]);
    await press(["ctrl", "Enter"]);
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["send 3 Fifty euros", "journey interaction"]);
    expect(".o_social_lead_outcome").toHaveText("On its way.");
    expect(".o_social_lead_body").toHaveValue("");
});

test("what has to be sent by hand is copied, sent and ticked off", async () => {
    patchWithCleanup(navigator.clipboard, {
        writeText: async (words) => expect.step(`copied ${words}`),
    });
    await mountLead([{ ...DIRECT, by_hand: true }], {
        id: 9,
        state: "by_hand",
        label: "Noted. Now send it yourself:",
        body: "Fifty euros",
        link: "https://example.social/@ana",
    });
    await click(".o_social_lead_body");
    await edit("Fifty euros");
    await animationFrame();
    await click(".o_social_lead_send");
    await animationFrame();
    expect(queryAllTexts(".o_social_lead_outcome .btn")).toEqual([
        "Copy the words",
        "Open the profile",
        "Done, I have sent it",
    ]);
    await click(".o_social_lead_outcome .btn:first");
    await animationFrame();
    await click(".o_social_lead_done");
    await animationFrame();
    expect.verifySteps([
        "journey interaction",
        "send 3 Fifty euros",
        "journey interaction",
        "copied Fifty euros",
        "done 9",
        "journey interaction",
    ]);
    expect(".o_social_lead_outcome").toHaveCount(0);
});

test("the rest of the journey is one switch away", async () => {
    await mountLead([]);
    await click("#o_social_lead_everything");
    await animationFrame();
    expect.verifySteps(["journey interaction", "journey everything"]);
    expect(".o_social_lead_composer").toHaveCount(0);
});

test("a lead that is not saved yet says so", async () => {
    await mountLead([DIRECT], null, false);
    expect(".o_social_lead").toHaveCount(0);
    expect.verifySteps([]);
});
