/* Runs every statement, prints "ok NAME" or "failed NAME: WHY", and ends with 1 if one failed. */
#include <stdio.h>

#include "statements.h"

static std::string failure;

std::vector<Statement> &statements() {
    static std::vector<Statement> all;
    return all;
}

void expect(bool holds, const std::string &what) {
    if (!holds && failure.empty()) {
        failure = what;
    }
}

int main() {
    int failed = 0;
    for (const Statement &each : statements()) {
        failure.clear();
        cudaDeviceReset();
        each.body();
        if (failure.empty()) {
            printf("ok %s\n", each.name);
        } else {
            printf("failed %s: %s\n", each.name, failure.c_str());
            failed = 1;
        }
        fflush(stdout);
    }
    cudaDeviceReset();
    return failed;
}
