// A BOINC application that computes for hours, saves its place, and goes on from there.
// The name of a workunit that begins with "brief" ends after about a second of work.
// While the client's folder has a file "hold_saves", it does not save: a preference for
// fewer checkpoints, given to the client while the task ran, did not change it.
// It shows how far it is in "count": never an empty file, since it can be stopped at any
// moment.
#include <cmath>
#include <cstdio>
#include <cstring>

#include <unistd.h>

#include <boinc/boinc_api.h>
#include <boinc/filesys.h>

int main() {
    boinc_init();
    APP_INIT_DATA about;
    boinc_get_init_data(about);
    const bool brief = std::strncmp(about.wu_name, "brief", 5) == 0;
    const double rounds = brief ? 200 : 4e6;

    double round = 0;
    if (FILE* saved = boinc_fopen("place.txt", "r")) {
        if (std::fscanf(saved, "%lf", &round) != 1) round = 0;
        std::fclose(saved);
        std::fprintf(stderr, "resumed at %.0f\n", round);
    }
    FILE* count = boinc_fopen("count", "w");
    volatile double sum = 0;
    for (; round < rounds; round++) {
        for (int i = 0; i < 1000000; i++) sum += std::sqrt(i);
        boinc_fraction_done(round / rounds);
        std::rewind(count);
        std::fprintf(count, "%020.0f", round);
        std::fflush(count);
        if (access("../../hold_saves", F_OK) != 0 && boinc_time_to_checkpoint()) {
            FILE* saving = boinc_fopen("place.txt", "w");
            std::fprintf(saving, "%.0f\n", round);
            std::fclose(saving);
            boinc_checkpoint_completed();
            std::fprintf(stderr, "saved %.0f\n", round);
        }
    }
    boinc_finish(0);
}
