/* March (1991), rules "program", closed system: the loop as one writes it in plain C.
 *
 * march PEOPLE DIMENSIONS PERIODS P1 P2 RUNS FIRST_SEED prints seconds in the loop, the mean of the
 * code's score at absorption and the mean number of periods. Draws are xoshiro256++ (Blackman and
 * Vigna 2021), made only where a chance is to be taken.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t state[4];

static inline uint64_t rotate(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

static inline uint64_t word(void) {
    uint64_t result = rotate(state[0] + state[3], 23) + state[0], shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 45);
    return result;
}

static inline double uniform(void) { return (word() >> 11) * 0x1.0p-53; }

static void seed(uint64_t value) {
    for (int k = 0; k < 4; k++) {
        uint64_t z = (value += 0x9E3779B97F4A7C15u);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        state[k] = z ^ (z >> 31);
    }
}

static int8_t *reality, *beliefs, *actions, *code, *opening;
static int *votes;

static int is_absorbed(int people, int dimensions) {
    for (int j = 0; j < dimensions; j++)
        if (code[j] == 0) return 0;
    for (int i = 0; i < people; i++)
        if (memcmp(beliefs + (size_t)i * dimensions, code, dimensions) != 0) return 0;
    return 1;
}

static void learn(int people, int dimensions, double p1, double p2) {
    int code_score = 0;
    memcpy(opening, code, dimensions);
    memset(votes, 0, dimensions * sizeof *votes);
    for (int j = 0; j < dimensions; j++) code_score += code[j] * reality[j];
    for (int i = 0; i < people; i++) {
        int8_t *own = beliefs + (size_t)i * dimensions;
        int score = 0;
        for (int j = 0; j < dimensions; j++) {
            actions[j] = own[j] != 0 ? own[j] : (word() >> 63 ? 1 : -1);
            score += actions[j] * reality[j];
        }
        if (score > code_score)
            for (int j = 0; j < dimensions; j++) votes[j] += actions[j];
        for (int j = 0; j < dimensions; j++)
            if (opening[j] != 0 && own[j] != opening[j] && uniform() < p1)
                own[j] = own[j] == -opening[j] ? 0 : opening[j];
    }
    for (int j = 0; j < dimensions; j++) {
        int majority = (votes[j] > 0) - (votes[j] < 0);
        if (majority != 0 && majority != opening[j] && uniform() < 1.0 - pow(1.0 - p2, abs(votes[j])))
            code[j] = majority;
    }
}

int main(int count, char **given) {
    if (count != 8) return 2;
    int people = atoi(given[1]), dimensions = atoi(given[2]), periods = atoi(given[3]);
    double p1 = atof(given[4]), p2 = atof(given[5]), score = 0, total = 0;
    int runs = atoi(given[6]), first = atoi(given[7]);
    struct timespec start, end;
    reality = malloc(dimensions);
    code = malloc(dimensions);
    opening = malloc(dimensions);
    actions = malloc(dimensions);
    votes = malloc(dimensions * sizeof *votes);
    beliefs = malloc((size_t)people * dimensions);
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int r = 0; r < runs; r++) {
        int period = 0, right = 0;
        seed(first + r);
        for (int j = 0; j < dimensions; j++) reality[j] = word() >> 63 ? 1 : -1;
        for (long k = 0; k < (long)people * dimensions; k++) beliefs[k] = (int)(3 * uniform()) - 1;
        memset(code, 0, dimensions);
        while (period < periods && !is_absorbed(people, dimensions)) {
            learn(people, dimensions, p1, p2);
            period++;
        }
        for (int j = 0; j < dimensions; j++) right += code[j] * reality[j];
        score += (double)right / dimensions;
        total += period;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.9f %.6f %.3f\n", (end.tv_sec - start.tv_sec) + 1e-9 * (end.tv_nsec - start.tv_nsec),
           score / runs, total / runs);
    return 0;
}
