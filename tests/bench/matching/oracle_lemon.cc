/*
 * LEMON's network simplex on every allowed pair of a score matrix of upward-match: places first
 * (all first ones, then all second ones, ...), then shortlists that span two departments, then the
 * total score. The proof of nothing; a second solver of another kind.
 *
 *	oracle_lemon INSTANCE SCORES.i16
 *
 * INSTANCE is text: mentees, mentors, limit (most pairs of one department that cost nothing, 0 = no
 * such rule), then the places of every mentee, the places of every mentor, the department (a
 * number) of every mentor. Prints one JSON object; the time is that of the solving alone.
 */
#include <chrono>
#include <cstdint>
#include <ctime>
#include <cstdio>
#include <fstream>
#include <map>
#include <vector>
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

using lemon::SmartDigraph;
typedef long long number;
typedef lemon::NetworkSimplex<SmartDigraph, number, number> Solver;

struct Instance {
	int mentees = 0, mentors = 0, limit = 0;
	std::vector<int> wanted, places, department;
	std::vector<int16_t> scores;
};

struct Arc {
	SmartDigraph::Arc arc;
	number capacity, cost;
	int kind; /* p = place p of a mentee, 0 = else, -1 = a pair, -2 = one department too many */
	int score;
};

static bool read(const char *instance, const char *scores, Instance &in)
{
	std::ifstream text(instance), bytes(scores, std::ios::binary);
	text >> in.mentees >> in.mentors >> in.limit;
	in.wanted.resize(in.mentees);
	in.places.resize(in.mentors);
	in.department.resize(in.mentors);
	for (int &value : in.wanted)
		text >> value;
	for (int &value : in.places)
		text >> value;
	for (int &value : in.department)
		text >> value;
	in.scores.resize((size_t)in.mentees * in.mentors);
	bytes.read((char *)in.scores.data(), in.scores.size() * 2);
	return text && bytes;
}

struct Network {
	SmartDigraph graph;
	std::vector<Arc> arcs;

	void add(SmartDigraph::Node from, SmartDigraph::Node to, number capacity, number cost,
		int kind, int score = 0)
	{
		arcs.push_back({ graph.addArc(from, to), capacity, cost, kind, score });
	}
};

static void build(const Instance &in, Network &net)
{
	number shorter = in.mentees < in.mentors ? in.mentees : in.mentors;
	number soft = in.limit ? (2 * shorter + 2) * 32768 : 0;
	int most = 1;
	for (int wanted : in.wanted)
		most = wanted > most ? wanted : most;
	number place = in.limit ? (2 * shorter + 3) * soft : (2 * shorter * most + 2) * 32768;
	SmartDigraph::Node source = net.graph.addNode(), sink = net.graph.addNode();
	std::vector<SmartDigraph::Node> mentors;
	number all = 0;
	for (int j = 0; j < in.mentors; j++) {
		mentors.push_back(net.graph.addNode());
		net.add(mentors[j], sink, in.places[j], 0, 0);
	}
	for (int i = 0; i < in.mentees; i++) {
		SmartDigraph::Node mentee = net.graph.addNode();
		std::map<int, SmartDigraph::Node> departments;
		for (int p = 1; p <= in.wanted[i]; p++)
			net.add(source, mentee, 1, -(most - p + 1) * place, p);
		all += in.wanted[i];
		for (int j = 0; j < in.mentors; j++) {
			int score = in.scores[(size_t)i * in.mentors + j];
			if (score == -32768)
				continue;
			SmartDigraph::Node from = mentee;
			if (in.limit) {
				auto known = departments.find(in.department[j]);
				if (known == departments.end()) {
					from = net.graph.addNode();
					departments[in.department[j]] = from;
					net.add(mentee, from, in.limit, 0, 0);
					net.add(mentee, from, 1, soft, -2);
				} else {
					from = known->second;
				}
			}
			net.add(from, mentors[j], 1, -score, -1, score);
		}
	}
	net.add(sink, source, all, 0, 0);
}

static void print(
	const Network &net, const Solver &solver, int most, double seconds, double cpu_seconds)
{
	std::vector<number> by_place(most + 1, 0);
	number total = 0, over = 0, pairs = 0;
	for (const Arc &a : net.arcs) {
		number flow = solver.flow(a.arc);
		if (a.kind > 0)
			by_place[a.kind] += flow;
		if (a.kind == -1 && flow) {
			pairs++;
			total += a.score;
		}
		over += a.kind == -2 ? flow : 0;
	}
	long kib = 0;
	char line[128];
	if (FILE *status = fopen("/proc/self/status", "r")) {
		while (fgets(line, sizeof line, status) && sscanf(line, "VmHWM: %ld", &kib) != 1)
			;
		fclose(status);
	}
	printf("{\"pairs\": %lld, \"total\": %lld, \"one_department\": %lld, \"places\": [", pairs,
		total, over);
	for (int p = 1; p <= most; p++)
		printf("%s%lld", p > 1 ? ", " : "", by_place[p]);
	printf("], \"seconds\": %.6f, \"cpu_seconds\": %.6f, \"arcs\": %zu, \"mib\": %.1f}\n",
		seconds, cpu_seconds, net.arcs.size(), kib / 1024.0);
}

int main(int argc, char **argv)
{
	Instance in;
	Network net;
	if (argc != 3 || !read(argv[1], argv[2], in)) {
		fprintf(stderr, "oracle_lemon: the instance cannot be read\n");
		return 1;
	}
	build(in, net);
	std::vector<int16_t>().swap(in.scores);
	auto began = std::chrono::steady_clock::now();
	std::clock_t cpu = std::clock();
	Solver solver(net.graph);
	SmartDigraph::ArcMap<number> capacity(net.graph), cost(net.graph);
	for (const Arc &a : net.arcs) {
		capacity[a.arc] = a.capacity;
		cost[a.arc] = a.cost;
	}
	if (solver.upperMap(capacity).costMap(cost).run() != Solver::OPTIMAL) {
		fprintf(stderr, "oracle_lemon: no optimum\n");
		return 1;
	}
	std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
	double busy = (double)(std::clock() - cpu) / CLOCKS_PER_SEC;
	int most = 1;
	for (int wanted : in.wanted)
		most = wanted > most ? wanted : most;
	print(net, solver, most, taken.count(), busy);
	return 0;
}
