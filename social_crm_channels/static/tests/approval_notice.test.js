import { Component, useSubEnv, xml } from "@odoo/owl";
import { expect, test } from "@odoo/hoot";
import { click, fill, press, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

import { ApprovalNotice } from "@social_crm_channels/inbox/approval/approval_notice";
import { makeStore } from "./inbox_helpers";

defineMailModels();

function makeApproval(more = {}) {
    return {
        id: 3,
        outbox_id: 30,
        author: { id: 8, name: "Milan" },
        asked_reason: "Answers on Shop are approved.",
        body: "It is on its way 🚲",
        attachments: [],
        expires_at: "2026-03-05 12:00:30",
        may_decide: true,
        is_mine: false,
        changes: { words: [], answers: [], parent: "", notices: [] },
        ...more,
    };
}

/** Mount the notice beside a case whose approvals are these, as long as the server says so. */
async function mountNotice(...approvals) {
    mockDate("2026-03-05 11:00:00", 0);
    const asked = { approvals };
    const store = makeStore({
        inbox_open: ([id]) => ({ head: { id, state: "open" }, approvals: asked.approvals }),
    });
    class Host extends Component {
        static components = { ApprovalNotice };
        static props = {};
        static template = xml`<ApprovalNotice/>`;
        setup() {
            useSubEnv({ inbox: store });
        }
    }
    await store.open(5);
    await mountWithCleanup(Host);
    return asked;
}

function decided(asked) {
    onRpc("social.crm.approval", "inbox_decide", ({ args }) => {
        expect.step(args);
        asked.approvals = [];
        return {};
    });
}

test("an approver reads the words, until when, and what happened meanwhile", async () => {
    await mountNotice(
        makeApproval({ changes: { notices: ["The customer wrote again: Never mind!"] } })
    );
    expect(".o_social_approval strong").toHaveText("An answer of Milan waits for approval");
    expect(".o_social_approval_words").toHaveText("It is on its way 🚲");
    expect(".o_social_approval .text-danger").toHaveText("expires in 1 hr.");
    expect(".o_social_approval_meanwhile").toHaveText("The customer wrote again: Never mind!");
    expect(queryAllTexts(".o_social_approval button")).toEqual(["Approve", "Change", "Reject"]);
});

test("approving sends it and takes the notice away", async () => {
    const asked = await mountNotice(makeApproval());
    decided(asked);
    await click(".o_social_approval_approve");
    await animationFrame();
    expect.verifySteps([[[3], "approve", false, false]]);
    expect(".o_social_approval").toHaveCount(0);
    expect(".o_notification").toHaveText("Approved.");
});

test("changed words are sent, by keyboard alone", async () => {
    const asked = await mountNotice(makeApproval());
    decided(asked);
    await click(".o_social_approval_change");
    await animationFrame();
    expect("textarea").toBeFocused();
    expect("textarea").toHaveValue("It is on its way 🚲");
    await fill("!");
    await press(["Control", "Enter"]);
    await animationFrame();
    expect.verifySteps([[[3], "change", "It is on its way 🚲!", false]]);
});

test("a rejection needs a reason, and Escape goes back", async () => {
    const asked = await mountNotice(makeApproval());
    decided(asked);
    await click(".o_social_approval_reject");
    await animationFrame();
    expect(".o_social_approval_confirm").not.toBeEnabled();
    await press("Escape");
    await animationFrame();
    expect(".o_social_approval_confirm").toHaveCount(0);
    await click(".o_social_approval_reject");
    await animationFrame();
    await fill("Name a day");
    await animationFrame();
    await click(".o_social_approval_confirm");
    await animationFrame();
    expect.verifySteps([[[3], "reject", false, "Name a day"]]);
});

test("who wrote it waits and may take it back", async () => {
    const asked = await mountNotice(makeApproval({ may_decide: false, is_mine: true }));
    onRpc("social.crm.outbox", "action_take_back", ({ args }) => {
        expect.step(args[0]);
        asked.approvals = [];
        return true;
    });
    expect(".o_social_approval strong").toHaveText("Your answer waits until a colleague has read it");
    expect(queryAllTexts(".o_social_approval button")).toEqual(["Take back"]);
    await click(".o_social_approval_take_back");
    await animationFrame();
    expect.verifySteps([[30]]);
    expect(".o_social_approval").toHaveCount(0);
});

test("everybody else sees that it waits, without buttons", async () => {
    await mountNotice(makeApproval({ may_decide: false }), makeApproval({ id: 4, expires_at: "" }));
    expect(".o_social_approval").toHaveCount(2);
    expect(queryAllTexts(".o_social_approval:first button")).toEqual([]);
});
