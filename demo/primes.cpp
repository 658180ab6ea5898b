// The demo's job as a BOINC application: searches primes, and saves how far it got.
// It goes on from its checkpoint, which reads like that of primes.py. It knows nothing
// of the sun: BOINC may stop it at any moment.
#include <cstdio>

#include <boinc/boinc_api.h>
#include <boinc/filesys.h>

const long long FIRST = 1000000000000;
const long long COUNT = 1000000000;  // enough for days

const char* const CHECKPOINT = "primes.json";
const char* const FORMAT =
    "{\"next\": %lld, \"found\": %lld, \"largest\": %lld, \"saves\": %lld}";

struct Search {
    long long next, found, largest, saves;
};

// By trial division: slow on purpose.
bool is_prime(long long number) {
    if (number % 2 == 0) return false;
    for (long long divisor = 3; divisor * divisor <= number; divisor += 2)
        if (number % divisor == 0) return false;
    return true;
}

Search load() {
    const Search beginning = {FIRST, 0, 0, 0};
    FILE* file = boinc_fopen(CHECKPOINT, "r");
    if (!file) return beginning;
    Search at;
    const int read =
        std::fscanf(file, FORMAT, &at.next, &at.found, &at.largest, &at.saves);
    std::fclose(file);
    return read == 4 ? at : beginning;
}

// Writes the checkpoint whole or not at all.
void save(Search& at) {
    at.saves++;
    FILE* file = boinc_fopen("primes.new", "w");
    if (!file) return;
    std::fprintf(file, FORMAT, at.next, at.found, at.largest, at.saves);
    std::fclose(file);
    boinc_rename("primes.new", CHECKPOINT);
    boinc_checkpoint_completed();
}

int main() {
    boinc_init();
    for (Search at = load(); at.next < FIRST + COUNT;) {
        if (is_prime(at.next)) {
            at.found++;
            at.largest = at.next;
        }
        at.next++;
        boinc_fraction_done(double(at.next - FIRST) / COUNT);
        if (boinc_time_to_checkpoint()) save(at);
    }
    boinc_finish(0);
}
