import { click } from "@social_crm_base/../tests/tours/steps";
import { registry } from "@web/core/registry";

/** What a contact ordered stays locked until a code proves who writes; then it can be told. */
registry.category("web_tour.tours").add("social_inbox_proof_tour", {
    steps: () => [
        {
            content: "Nothing is shown while it is not proven who writes",
            trigger: ".o_social_person_locked:contains('not proven')",
        },
        {
            trigger: ".o_social_person:not(:contains('Knez Mihailova'))",
        },
        {
            content: "Send a code to the address we know",
            trigger: ".o_social_person_locked button[name=action_send_code]:contains('a***@tour.example')",
            run: "click",
        },
        {
            content: "A wrong code proves nothing",
            trigger: ".modal .o_field_widget[name=code] input",
            run: "edit 111111",
        },
        click(".modal button[name=action_enter]"),
        {
            trigger: ".modal:contains('Wrong code') .o_field_widget[name=code] input",
            run: "edit 246810",
        },
        {
            content: "The person told the right one",
            trigger: ".modal button[name=action_enter]",
            run: "click",
        },
        {
            content: "Now the order is there",
            trigger:
                "body:not(:has(.modal)) .o_social_person_disclosed .o_social_person_document:contains('PROOF-7')",
        },
        {
            trigger: ".o_social_person_address:contains('Knez Mihailova')",
        },
        {
            content: "Put it into the answer",
            trigger: ".o_social_person_document:contains('PROOF-7') button[name=insert]",
            run: "click",
        },
        {
            trigger: ".o_social_text:value(/PROOF-7/)",
        },
    ],
});
