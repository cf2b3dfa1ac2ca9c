import { picture } from "@social_crm_base/../tests/tours/picture";
import { AGREE, click } from "@social_crm_base/../tests/tours/steps";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// put together here only: the search for what is left reads stored scripts, too
const NAME = ["Ana", "Anić"].join(" ");
const HANDLE = ["@ana", "example.social"].join("@");
const EMAIL = ["ana.anic", "mail.example"].join("@");
const ROW = `.o_data_row:contains('${NAME}') .o_data_cell[name=name]`;

/** Ana asks for erasure without being a user of anything. */
tours.add("social_erasure_ask_tour", {
    steps: () => [
        {
            trigger: "#privacy_kind",
            run: "select erasure",
        },
        {
            trigger: "#privacy_handle",
            run: `edit ${HANDLE}`,
        },
        {
            trigger: "#privacy_email",
            run: `edit ${EMAIL}`,
        },
        {
            trigger: "#privacy_name",
            run: `edit ${NAME}`,
        },
        {
            trigger: "#privacy_text",
            run: "edit Obrišite sve, molim 🙏",
        },
        {
            trigger: "button[type=submit]:contains(Send the request)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The answer is the same for everybody",
            trigger: "h1:contains(Thank you)",
        },
    ],
});

/** The first clerk sees who is meant, checks it, and looks at what would go. */
tours.add("social_erasure_check_tour", {
    steps: () => [
        click(ROW),
        {
            content: "Account and contact were found by what Ana said, and the next step is named",
            trigger:
                ".o_field_widget[name=next_step]:contains('Check that the person is who they say')",
        },
        {
            trigger: `.o_field_widget[name=subject_partner_ids]:contains('${NAME}')`,
        },
        picture("privacy_request"),
        click("button[name=action_check_document]"),
        AGREE,
        {
            content: "A claimed address gets no answer until somebody stands up for it",
            trigger: `.alert:contains('Nobody proved that the person reads ${EMAIL}')`,
        },
        click("button[name=action_vouch_address]"),
        AGREE,
        {
            trigger: ".o_form_view:not(:has(button[name=action_vouch_address]))",
        },
        {
            content: "Nobody decides before they saw what goes",
            trigger: ".o_field_widget[name=next_step]:contains('Press Preview')",
        },
        click("button[name=action_preview_erasure]"),
        {
            trigger: ".o_field_widget[name=erasure_line_ids] .o_data_row:contains('Emptied')",
        },
        {
            content: "Who checked does not approve, and nobody erases yet",
            trigger:
                ".o_form_view:not(:has(button[name=action_approve])):not(:has(button[name=action_execute]))",
        },
        {
            trigger: ".o_field_widget[name=next_step]:contains('Ask another privacy clerk')",
        },
    ],
});

/** The second clerk looks at the preview and approves. */
tours.add("social_erasure_approve_tour", {
    steps: () => [
        click(ROW),
        {
            trigger: ".o_field_widget[name=next_step]:contains('Look it over and approve')",
        },
        {
            content: "What stays has its reason",
            trigger: ".o_field_widget[name=erasure_line_ids] .o_data_row:contains('Stays')",
        },
        picture("privacy_dry_run"),
        click("button[name=action_approve]"),
        AGREE,
        {
            trigger: ".o_field_widget[name=next_step]:contains('another privacy clerk carries it out')",
        },
        {
            content: "Who approved does not carry it out",
            trigger: ".o_form_view:not(:has(button[name=action_execute]))",
        },
    ],
});

/** The first clerk carries it out. */
tours.add("social_erasure_execute_tour", {
    steps: () => [
        click(ROW),
        click("button[name=action_execute]:contains('Erase')"),
        AGREE,
        {
            trigger: ".o_field_widget[name=next_step]:contains('in the background')",
        },
        {
            trigger: "button[name=action_open_erasure]:contains('Erasing')",
        },
    ],
});

/** It is erased and proven: the certificate is read. */
tours.add("social_erasure_certificate_tour", {
    steps: () => [
        click(".o_data_row:contains('In Progress') .o_data_cell[name=name]"),
        {
            trigger: ".o_field_widget[name=next_step]:contains('Erased and proven')",
        },
        click("button[name=action_open_erasure]"),
        {
            trigger: ".alert-success:contains('Who it was is forgotten here')",
        },
        click("button[name=action_certificate]"),
        {
            content: "It is read on the screen where no PDF can be made",
            trigger: ":iframe h2:contains('Certificate of Erasure')",
        },
        picture("privacy_certificate"),
    ],
});

/** Ana is told, and the request keeps nothing of her. */
tours.add("social_erasure_answer_tour", {
    steps: () => [
        click(".o_data_row:contains('In Progress') .o_data_cell[name=name]"),
        click("button[name=action_draft_answer]"),
        click("button[name=action_answer]"),
        AGREE,
        {
            trigger: ".o_arrow_button_current:contains('Answered')",
        },
        {
            content: "The request, too, forgot who asked",
            trigger: ".o_form_view:not(:contains('Anić'))",
        },
    ],
});
